"""What goes wrong while a release is written, and damage found afterwards: the old release stays in service."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import locations
import pytest

from pipeline.model.errors import EnvironmentFault
from pipeline.release.contents.store_loader import demand_counts
from pipeline.release.folder.build_lock import BuildLock
from pipeline.release.folder.file_states import has_same_states, remember_states
from pipeline.release.folder.folders import current, releases
from pipeline.release.folder.write_faults import translate_os_errors
from pipeline.release.inspection import newest_good, verify
from pipeline.release.release_writer import ReleaseWriter
from tests.cases.release import builds

pytestmark = pytest.mark.thorough

_ROOT = locations.ROOT


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Return a folder on the disk, whose faults these are; other tests may write into memory."""
    with TemporaryDirectory(prefix="practicegraph-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def is_hurried(request: pytest.FixtureRequest) -> bool:
    """Return whether slow tests are left out: then a few of the steps stand for all."""
    return "not slow" in request.config.getoption("markexpr")


def _interrupted(mode: str, output: Path, every: int) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "tests.cases.release.interrupted", mode, str(output), str(every)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True, timeout=1800)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _still_builds(output: Path) -> None:
    path = builds.build(output, [builds.practice(7)]).path
    assert current(output) == path
    assert verify(path) == ()
    assert [each.name for each in (output / "releases").iterdir() if each.name.startswith(".")] == []


def test_a_build_killed_at_a_step_leaves_a_sound_release_in_place(tmp_path):
    found = _interrupted("steps", tmp_path, 60)
    assert len(found) > 5
    assert all(each["killed"] and each["current is good"] for each in found), found
    assert any(each["newest"] != each["current"] for each in found), (
        "no build was killed just before the switch"
    )
    assert not all(each["current stayed"] for each in found), "no build was killed just after the switch"
    for folder in sorted(tmp_path.glob("killed-*"))[1::8]:
        _still_builds(folder)


@pytest.mark.slow
def test_what_is_there_at_each_step_of_a_build_is_a_sound_release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("moments")
    found = _interrupted("moments", folder, 1)
    assert len(found) > 100
    assert all(each["current is good"] for each in found), found
    stayed = [each["current stayed"] for each in found]
    assert stayed == sorted(stayed, reverse=True)
    assert set(stayed) == {True, False}
    for copied in sorted(folder.glob("copied-*"))[1::20]:
        _still_builds(copied)


def test_a_build_killed_while_the_store_loads_leaves_the_old_release(tmp_path, is_hurried):
    found = _interrupted("loading", tmp_path, 2 if is_hurried else 1)
    assert found
    assert all(each["killed"] and each["current stayed"] and each["current is good"] for each in found), found
    _still_builds(tmp_path)


def test_a_file_that_may_not_grow_ends_the_build_with_a_sentence(tmp_path):
    found = _interrupted("limits", tmp_path, 1)
    assert len(found) == 5
    for each in found:
        assert str(each["text"]).startswith(f"EnvironmentFault: {tmp_path}: "), each
        assert str(each["text"]).endswith("The release that was there stays in place."), each
        assert each["current stayed"], each
        assert each["current is good"], each
    _still_builds(tmp_path)


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a disk of its own cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_ends_the_build_with_a_sentence(small_disk):
    first = builds.build(small_disk, [builds.practice(1)]).path
    with pytest.raises(EnvironmentFault, match="the disk is full"):
        builds.build(small_disk, [builds.practice(number) for number in range(3000)])
    assert newest_good(small_disk) == first == current(small_disk)
    assert [path.name for path in (small_disk / "releases").iterdir()] == [first.name]


def test_a_folder_that_is_a_file_is_told(tmp_path):
    output = tmp_path / "output"
    output.write_text("not a folder", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="could not be written"), ReleaseWriter(output, builds.BASE):
        pass
    with pytest.raises(EnvironmentFault, match="could not be written"), BuildLock(output):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_without_the_right_to_write_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with (
        pytest.raises(EnvironmentFault, match="Give this user the right"),
        ReleaseWriter(tmp_path, builds.BASE),
    ):
        pass


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(28, "No space left on device"), "the disk is full"),
        (OSError("IO error: No space left on device: while appending"), "the disk is full"),
        (OSError("IO error: File too large: while appending"), "a file grew too large"),
        (PermissionError(13, "Permission denied"), "Give this user the right"),
        (OSError(5, "Input/output error"), "full, or failing"),
    ],
)
def test_errors_of_the_disk_are_told_as_sentences(tmp_path, error, sentence):
    with pytest.raises(EnvironmentFault, match=sentence), translate_os_errors(tmp_path):
        raise error


def test_a_full_disk_under_the_index_is_told_as_a_sentence(tmp_path):
    index = sqlite3.connect(":memory:")
    index.execute("PRAGMA max_page_count = 1")
    with pytest.raises(EnvironmentFault, match="the disk is full"), translate_os_errors(tmp_path):
        index.execute("CREATE TABLE one (text)")
    index.close()


def test_a_mistake_in_a_query_is_not_taken_for_a_fault_of_the_disk(tmp_path):
    index = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError), translate_os_errors(tmp_path):
        index.execute("SELECT nothing")
    index.close()


def test_a_store_that_holds_less_than_was_written_is_refused():
    demand_counts({"practices": 3}, {"practices": 3})
    with pytest.raises(EnvironmentFault, match=r"holds 2 \(practices\) instead of 3 \(practices\) triples"):
        demand_counts({"practices": 2}, {"practices": 3})


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _noise(path: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(byte ^ 0xFF for byte in content[middle : middle + 64])
    path.write_bytes(content)


def _edit_manifest(release: Path, old: str, new: str) -> None:
    path = release / "manifest.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _largest_sst(release: Path) -> Path:
    return max((release / "store").glob("*.sst"), key=lambda path: path.stat().st_size)


_DAMAGES = {
    "noise in the store": (lambda r: _noise(_largest_sst(r)), "is damaged: its SHA-256"),
    "a truncated store": (lambda r: _truncate(_largest_sst(r)), "bytes instead of"),
    "a store without CURRENT": (lambda r: (r / "store" / "CURRENT").unlink(), "store/CURRENT is missing"),
    "no store": (lambda r: shutil.rmtree(r / "store"), "is missing"),
    "a truncated index": (lambda r: _truncate(r / "index.sqlite"), "bytes instead of"),
    "no dump": (lambda r: (r / "dataset.ttl.gz").unlink(), "dataset.ttl.gz is missing"),
    "no manifest": (lambda r: (r / "manifest.json").unlink(), "manifest.json cannot be read"),
    "half a manifest": (lambda r: _truncate(r / "manifest.json"), "manifest.json cannot be read"),
    "a list as manifest": (lambda r: (r / "manifest.json").write_text("[]"), "manifest.json cannot be read"),
    "a key too many": (
        lambda r: _edit_manifest(r, '"format"', '"x": 1, "format"'),
        "manifest.json cannot be read",
    ),
    "a later form": (lambda r: _edit_manifest(r, '"format": 1', '"format": 99'), "has form 99"),
    "wrong counts of practices": (
        lambda r: _edit_manifest(r, '"practices": 1,\n  "quads"', '"practices": 2,\n  "quads"'),
        "lists 1 practices instead of 2",
    ),
    "wrong counts of quads": (
        lambda r: _edit_manifest(r, '"provenance": 1', '"provenance": 9'),
        "triples instead of",
    ),
}


@pytest.fixture(scope="module")
def two_releases(tmp_path_factory):
    output = tmp_path_factory.mktemp("output")
    for number in range(2):
        builds.build(output, [builds.practice(number)])
    return output


@pytest.mark.parametrize("damage", _DAMAGES)
def test_damage_is_found_and_the_release_before_is_good(two_releases, tmp_path, damage):
    output = tmp_path / "output"
    shutil.copytree(two_releases, output, symlinks=True)
    older, newer = (output / "releases" / path.name for path in reversed(releases(two_releases)))
    assert not has_same_states(newer)  # a copy
    remember_states(older)
    remember_states(newer)
    assert has_same_states(older)
    assert has_same_states(newer)
    assert newest_good(output) == newer
    work, sentence = _DAMAGES[damage]
    work(newer)
    problems = verify(newer)
    assert any(sentence in problem for problem in problems), problems
    assert newest_good(output) == older


def test_where_every_release_is_damaged_the_first_problems_are_told(two_releases, tmp_path):
    output = tmp_path / "output"
    shutil.copytree(two_releases, output, symlinks=True)
    for release in releases(output):
        (release / "dataset.nt.gz").unlink()
    with pytest.raises(
        EnvironmentFault, match=r"no sound release.*dataset\.nt\.gz is missing.*dataset\.nt\.gz"
    ):
        newest_good(output)


def test_a_folder_without_a_release_says_how_to_make_one(tmp_path):
    with pytest.raises(EnvironmentFault, match="practicegraph build"):
        newest_good(tmp_path)


def test_a_store_or_index_that_no_longer_opens_is_told(two_releases, tmp_path):
    release = tmp_path / "release"
    shutil.copytree(releases(two_releases)[0], release)
    for name in ("CURRENT", "index.sqlite"):
        path = release / "store" / name if name == "CURRENT" else release / name
        path.write_bytes(b"nonsense\n")
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"] = {}
    (release / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert [problem.split(" ")[1:4] for problem in verify(release)] == [["cannot", "be", "read:"]] * 2


def test_reading_a_release_does_not_change_it(two_releases):
    release = current(two_releases)
    before = {path: path.stat().st_mtime_ns for path in release.rglob("*")}
    assert verify(release) == ()
    assert {path: path.stat().st_mtime_ns for path in release.rglob("*")} == before


_HOLDER = """
import sys
from pathlib import Path
from pipeline.release.folder.build_lock import BuildLock
with BuildLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def _hold(output: Path) -> subprocess.Popen[str]:
    """Start a process that keeps the lock until its input ends."""
    command = [sys.executable, "-c", _HOLDER, str(output)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_build_is_told_who_holds_the_lock(tmp_path):
    holder = _hold(tmp_path)
    try:
        with (
            pytest.raises(EnvironmentFault, match=rf"process {holder.pid}, since 20\d\d-"),
            BuildLock(tmp_path),
        ):
            pass
    finally:
        holder.kill()
        holder.communicate()


def test_a_second_build_waits_with_one_notice_until_the_first_has_ended(tmp_path):
    notices: list[str] = []
    with _hold(tmp_path) as holder:

        def let_go(notice: str) -> None:
            notices.append(notice)
            assert holder.poll() is None
            assert holder.stdin is not None
            holder.stdin.close()

        with BuildLock(tmp_path, wait=60, notice=let_go):
            pass
        assert holder.wait(timeout=60) == 0
    assert len(notices) == 1
    assert "Waiting up to 60 seconds" in notices[0]


def test_a_build_that_waited_in_vain_says_how_long(tmp_path):
    with (
        BuildLock(tmp_path),
        pytest.raises(EnvironmentFault, match=r"Waited 0\.2 seconds"),
        BuildLock(tmp_path, 0.2),
    ):
        pass


def test_the_lock_of_a_killed_build_is_free(tmp_path):
    holder = _hold(tmp_path)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with BuildLock(tmp_path):
        pass


def test_folders_of_builds_at_work_are_left_alone(tmp_path):
    with ReleaseWriter(tmp_path, builds.BASE) as at_work:
        builds.build(tmp_path, [builds.practice(1)])
        builds.add(at_work, builds.practice(2), builds.lines(builds.practice(2)))
        at_work.seal(builds.vocabulary())
        published = at_work.finish(builds.FACTS)
    assert published.path == current(tmp_path)
    assert len(releases(tmp_path)) == 2
    assert verify(published.path) == ()
