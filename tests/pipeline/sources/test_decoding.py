from pathlib import Path

import pytest

from pipeline.sources.files.decoding import detect_encoding, encoding_findings
from pipeline.sources.files.opening import survey
from pipeline.sources.readers import read_source

WESTERN = "La fête des voisins à Genève, où l'on danse déjà; Zürich, Málaga, São Paulo, Tromsø, Malmö"
POLISH = "Wrocław łączy kultury, szkoły i dzielnice; społeczność międzykulturowa i jej mieszkańcy"
TURKISH = (
    "Kepez belediyesi göçmen kadınlar için güçlü bir dayanışma ağı kurdu, çocuklar için oyun alanları açtı"
)
GREEK = "Η πόλη των Ιωαννίνων στηρίζει τους νέους κατοίκους της με μαθήματα γλώσσας"
CYRILLIC = "Місто Мелітополь підтримує переселенців та мешканців, школи й культурні центри"
JAPANESE = "浜松市は外国人市民とともに学ぶ機会を作ります。多文化共生都市の取り組み"
KOREAN = "안산시는 이주민을 위한 교육을 제공합니다. 다문화 교육 지원 센터"


def detected(folder: Path, content: bytes) -> tuple[str, bool, bool]:
    path = folder / "practices.csv"
    path.write_bytes(content)
    found = survey(path, "practices.csv")
    encoding = detect_encoding(found)
    content.decode(encoding.codec, encoding.errors)
    return encoding.name, encoding.certain, encoding.damaged


@pytest.mark.parametrize(
    ("text", "codec", "name", "certain"),
    [
        ("plain", "ascii", "UTF-8", True),
        (WESTERN, "utf-8", "UTF-8", True),
        (WESTERN, "utf-8-sig", "UTF-8", True),
        (WESTERN, "utf-16", "UTF-16", True),
        (WESTERN, "utf-16-le", "UTF-16", True),
        (WESTERN, "utf-16-be", "UTF-16", True),
        (CYRILLIC + ";" * 60, "utf-16-le", "UTF-16", True),
        (WESTERN, "utf-32", "UTF-32", True),
        (WESTERN, "latin-1", "Latin-1", True),
        (WESTERN + " – “oui” 5 €", "cp1252", "Windows-1252", True),
        ("Caf\xe9", "latin-1", "Latin-1", True),
        (POLISH, "cp1250", "Windows-1250", False),
        (TURKISH, "cp1254", "Windows-1254", False),
        (GREEK, "cp1253", "Windows-1253", False),
        (CYRILLIC, "cp1251", "Windows-1251", False),
        (JAPANESE, "shift_jis", "Shift JIS", False),
        (KOREAN, "euc_kr", "EUC-KR", False),
    ],
)
def test_an_encoding_is_told_from_the_bytes(
    tmp_path: Path, text: str, codec: str, name: str, certain: bool
) -> None:
    assert detected(tmp_path, text.encode(codec)) == (name, certain, False)


def test_an_accent_far_into_a_file_counts(tmp_path: Path) -> None:
    assert detected(tmp_path, b"plain text\n" * 300_000 + "Genève\n".encode("latin-1")) == (
        "Latin-1",
        True,
        False,
    )


def test_utf8_cut_by_a_block_is_still_utf8(tmp_path: Path) -> None:
    content = b"x" * ((1 << 20) - 1) + "é".encode() + b"y" * 10
    assert detected(tmp_path, content) == ("UTF-8", True, False)


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
def test_a_character_cut_off_at_the_end_is_damage(tmp_path: Path, end: bytes) -> None:
    assert detected(tmp_path, "Genève, Zürich ".encode() + "é".encode()[:1] + end) == ("UTF-8", True, True)


def test_a_marked_file_with_broken_bytes_is_damaged_utf8(tmp_path: Path) -> None:
    assert detected(tmp_path, b"\xef\xbb\xbfGen\xe8ve") == ("UTF-8", True, True)


def test_bytes_that_speak_for_nothing_are_read_somehow_and_called_a_guess(tmp_path: Path) -> None:
    name, certain, _ = detected(tmp_path, b"a\x81\x8d\x8f\x90\x9d\xff\xfe\x00b")
    assert name
    assert not certain


def test_the_first_damaged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "practices.csv"
    path.write_bytes("é\né\n".encode() * 400_000 + b"\xe9\n\xe9\n")
    found = survey(path, "practices.csv")
    assert found.broken_line == 800_001
    (finding,) = encoding_findings(detect_encoding(found), "practices.csv", found.broken_line)
    assert finding.message.startswith("practices.csv, line 800001: from here on some bytes are not UTF-8")


def test_damaged_utf8_keeps_what_windows_1252_can_say() -> None:
    text = b"Gen\xe8ve \xe2\x82 \xed\xa0\x80 Z\xc3\xbcrich \x81".decode("utf-8", "practicegraph.windows-1252")
    assert text == "Genève â‚ \ufffd Zürich \ufffd"
    with pytest.raises(UnicodeEncodeError):
        "\ud800".encode("utf-8", "practicegraph.windows-1252")


@pytest.mark.parametrize(
    ("codec", "table", "row"),
    [
        ("cp1250", "Tytuł;Kraj;Miasto\nWspólny stół;Polska;Łódź", ("Wspólny stół", "Polska", "Łódź")),
        ("cp1250", "Název;Země;Město\nSpolečný stůl;Česko;Plzeň", ("Společný stůl", "Česko", "Plzeň")),
        ("cp1250", "Naslov;Država;Grad\nDugi stol;Hrvatska;Šibenik", ("Dugi stol", "Hrvatska", "Šibenik")),
        ("cp1254", "Başlık;Ülke;Şehir\nUzun sofra;Türkiye;İzmir", ("Uzun sofra", "Türkiye", "İzmir")),
        ("mac_roman", "Intitulé;Pays;Ville\nLongue fête;France;Nîmes", ("Longue fête", "France", "Nîmes")),
        ("cp1252", "Intitulé;Pays;Ville\nLongue fête;France;Nîmes", ("Longue fête", "France", "Nîmes")),
        ("cp932", "タイトル;国;都市\n長いテーブル;日本;浜松", ("長いテーブル", "日本", "浜松")),
    ],
)
def test_the_header_decides_between_encodings_that_are_as_likely(
    tmp_path: Path, codec: str, table: str, row: tuple[str, str, str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(table.encode(codec))
    (read,) = read_source(path).rows()
    assert tuple(read.texts[field] for field in ("title", "country", "city")) == row
