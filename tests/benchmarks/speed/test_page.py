from dataclasses import replace

from benchmarks.speed.lines import Line
from benchmarks.speed.page import Circumstances, comparison_table, write_page
from benchmarks.speed.rows.sides import Section
from benchmarks.speed.scale import Scale

LINE = Line(
    work="fit", ours="1.0 s", other="peer: 20.0 s", compared="20.0 times", bar="15", met=True
)
FACTS = Circumstances(
    photos="Photos: 9 of 2 classes in leaves",
    machine="2 cores",
    versions={"Keras": "3.15", "timm": "1.0"},
    scale=Scale(),
)


def test_a_line_of_the_table_says_whether_the_bar_is_met():
    assert comparison_table([LINE, replace(LINE, met=False)]).splitlines()[2:] == [
        "| fit | 1.0 s | peer: 20.0 s | 20.0 times | 15 | yes |",
        "| fit | 1.0 s | peer: 20.0 s | 20.0 times | 15 | **no** |",
    ]


def test_the_page_says_on_what_and_with_what_was_measured():
    page = write_page([Section(lines=(LINE,))], FACTS, tried={})

    told = "Photos: 9 of 2 classes in leaves. Machine: 2 cores. Keras 3.15, timm 1.0."
    assert told in page


def test_the_page_says_if_epochs_were_extrapolated():
    note = "**Ten epochs of a slow library** are its first epoch plus nine times the median"
    in_full = replace(FACTS, scale=Scale().in_full())

    assert note in write_page([], FACTS, tried={})
    assert note not in write_page([], in_full, tried={})


def test_additional_tables_follow_if_there_are_any():
    section = Section(lines=(LINE,), detail="| photos |\n| --- |\n| 500 |\n")
    tried = {"plain Keras, resnet50": {"batch 32, XLA": 14.0, "batch 32, no XLA": 13.0}}

    page = write_page([section], FACTS, tried)

    assert "## Time and memory by number of photos\n\n| photos |\n" in page
    row = "| plain Keras, resnet50 | batch 32, XLA: 14.0; batch 32, no XLA: 13.0 |"
    assert row in page
