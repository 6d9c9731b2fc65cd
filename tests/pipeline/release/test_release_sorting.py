"""Sorting and the graphs side by side."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.errors import DataRefused
from pipeline.release.contents.disjoint_graphs import side_by_side
from pipeline.release.contents.line_sorting import BlockSorter, blocks_of
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


@given(texts=st.lists(st.lists(_LINES, max_size=8), max_size=12), limit=st.integers(0, 600))
@settings(max_examples=150)
def test_blocks_are_all_lines_sorted_by_bytes_without_repetition(tmp_path_factory, texts, limit):
    sorter = BlockSorter(tmp_path_factory.mktemp("sort"), "lines", limit)
    for lines in texts:
        sorter.add(blocks_of("".join(lines)))
    blocks = list(sorter.blocks())
    wanted = sorted({line.encode() for lines in texts for line in lines})
    assert b"".join(block for _, block in blocks) == b"".join(wanted)
    assert len({subject for subject, _ in blocks}) == len(blocks)


def test_a_sorter_that_is_cleared_leaves_no_file(tmp_path):
    sorter = BlockSorter(tmp_path, "lines", 10)
    for number in range(20):
        sorter.add(blocks_of(f'<http://x/{number}> <http://x/p> "text" .\n'))
    assert len(list(sorter.blocks())) == 20
    assert list(tmp_path.iterdir())
    sorter.clear()
    assert not list(tmp_path.iterdir())
    assert not list(sorter.blocks())


def test_a_run_that_lost_its_end_is_noticed(tmp_path):
    sorter = BlockSorter(tmp_path, "lines", 10)
    sorter.add(blocks_of('<http://x/a> <http://x/p> "text" .\n'))
    run = next(tmp_path.iterdir())
    run.write_bytes(run.read_bytes()[:-5])
    with pytest.raises(OSError, match="ends too early"):
        list(sorter.blocks())


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
