"""Sorting and the graphs side by side."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.errors import DataRefused
from pipeline.release.contents.disjoint_graphs import side_by_side
from pipeline.release.contents.line_sorting import SortedRuns, blocks_of, run_of
from pipeline.release.contents.nodes import read_nodes

_SUBJECTS = (
    "<http://x/a>",
    "<http://x/a#period>",
    "<http://x/a-b>",
    "<http://x/ab>",
    "<http://x/é>",
    "_:b1",
    "_:b11",
)
_LINES = st.builds(
    lambda subject, predicate, value: f'{subject} <http://x/{predicate}> "{value}" .\n',
    st.sampled_from(_SUBJECTS),
    st.sampled_from("pq"),
    st.text(st.sampled_from(" .az\u2028\x0b😀"), max_size=3),
)


@given(texts=st.lists(st.lists(_LINES, max_size=8), max_size=12), long=st.booleans())
@settings(max_examples=150)
def test_blocks_are_all_lines_sorted_by_bytes_without_repetition(tmp_path_factory, texts, long):
    end = "0123456789abcdef" * 2000 if long else ""  # more than is read at once
    texts = [[line.replace('" .', f'{end}" .') for line in lines] for lines in texts]
    sorter = SortedRuns(tmp_path_factory.mktemp("sort") / "lines")
    for lines in texts:
        sorter.add(run_of(blocks_of("".join(lines))))
    blocks = list(sorter.blocks())
    sorter.close()
    wanted = sorted({line.encode() for lines in texts for line in lines})
    assert b"".join(block for _, block in blocks) == b"".join(wanted)
    assert len({subject for subject, _ in blocks}) == len(blocks)


def _sorted(folder):
    sorter = SortedRuns(folder / "lines")
    for number in range(20):
        sorter.add(run_of(blocks_of(f'<http://x/{number}> <http://x/p> "text" .\n')))
    return sorter


def test_a_sorter_that_is_closed_leaves_no_file(tmp_path):
    sorter = _sorted(tmp_path)
    assert len(list(sorter.blocks())) == 20
    sorter.close()
    assert not list(tmp_path.iterdir())


def test_a_run_that_lost_its_end_is_noticed(tmp_path):
    sorter = _sorted(tmp_path)
    assert list(sorter.blocks())
    with (tmp_path / "lines").open("r+b") as file:
        file.truncate((tmp_path / "lines").stat().st_size - 5)
    with pytest.raises(OSError, match="ends too early"):
        list(sorter.blocks())
    sorter.close()


def _graph(*triples):
    return read_nodes(sorted(f"<http://x/{s}> <http://x/{p}> <http://x/{o}> .\n" for s, p, o in triples))


def test_graphs_side_by_side_give_each_subject_once():
    found = list(side_by_side({"one": _graph("apb", "cpd"), "two": _graph("apc", "bpc")}))
    assert [(subject, sorted(graphs)) for subject, graphs in found] == [
        ("<http://x/a>", ["one", "two"]),
        ("<http://x/b>", ["two"]),
        ("<http://x/c>", ["one"]),
    ]


def test_a_triple_in_two_graphs_is_refused_by_name():
    with pytest.raises(
        DataRefused, match=r"<http://x/a> <http://x/p> <http://x/b> stands in the graphs one and two"
    ):
        list(side_by_side({"one": _graph("apb", "apc"), "two": _graph("apb", "bpb")}))


def test_no_graph_at_all_gives_nothing():
    assert list(side_by_side({"one": iter(())})) == []
