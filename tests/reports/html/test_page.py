from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from tests.reports.html import examples
from tests.reports.html.reading import Reading
from transferleaf.explanations.heat_colours import heat_table
from transferleaf.reports.html import page

EXAMPLES = ["two_classes", "village", "all_right", "hostile", "uncalibrated"]


@pytest.fixture(params=EXAMPLES)
def text(request, page_of):
    return page_of(request.param)


@pytest.fixture
def read(text):
    return Reading(text)


def test_every_element_is_closed(read):
    assert (read.unbalanced, read.open) == ([], [])


def test_no_two_elements_have_the_same_id(read):
    ids = read.values("id")

    assert len(ids) > 10
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("attribute", ["aria-labelledby", "data-readout", "data-zeros"])
def test_referenced_elements_exist(read, attribute):
    assert set(read.values(attribute)) <= set(read.values("id"))


def test_links_within_the_page_have_targets(read):
    targets = {link["href"].removeprefix("#") for link in read.of("a", "use")}

    assert targets <= set(read.values("id"))


def test_every_picture_has_an_alternative_text(read):
    pictures = read.of("img")

    assert [picture for picture in pictures if not picture.get("alt")] == []


def test_every_drawing_has_a_name(read):
    drawings = read.of("svg")

    assert [drawing["role"] for drawing in drawings if drawing["aria-label"]] == ["img"] * len(
        drawings
    )


def test_headings_go_down_one_level_at_a_time(read):
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]

    assert levels[0] == 1
    assert max(later - earlier for earlier, later in pairwise(levels)) == 1


def test_a_table_has_a_caption_and_its_headings_a_scope(read):
    assert len(read.of("table")) == len(read.of("caption"))
    assert [
        heading for heading in read.of("th") if heading.get("scope") not in ("col", "row")
    ] == []


@pytest.mark.parametrize("attribute", ["src", "href", "action", "srcset", "poster"])
def test_nothing_is_loaded_from_elsewhere(read, attribute):
    elsewhere = [at for at in read.values(attribute) if not re.match("#|data:", at)]

    assert elsewhere == []


def test_the_style_sheet_loads_nothing(text):
    assert re.findall(r"@import|url\((?!#)", text) == []


def test_only_the_script_of_the_page_may_run(read):
    policy = next(meta["content"] for meta in read.of("meta") if "http-equiv" in meta)

    assert policy.startswith("default-src 'none'; img-src data:;")
    assert re.search(r"script-src 'sha256-[\w+/=]{44}';", policy)
    assert len(read.of("script")) == 1


def test_names_are_escaped(page_of):
    text = page_of("hostile")
    read = Reading(text)

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;: rust" in text
    assert [on for _, attrs in read.elements for on in attrs if on.startswith("on")] == []


def test_each_landmark_is_there_once(read):
    counts = [len(read.of(tag)) for tag in ("header", "nav", "main", "footer")]

    assert counts == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("two_classes", "94.0%"),
        ("two_classes", "It is not known which photos show the same leaf"),
        ("all_right", "There are no errors: every photo is classified correctly."),
        ("all_right", "bootstrapped over 1 leaf."),
        ("village", "Comparison of the test sets"),
        ("village", "3 photos of 1,"),
        (
            "village",
            "Not tested on field, because there are no photos: Cherry (including sour): Powdery",
        ),
        ("village", "Epoch 0 is the result of the solved head."),
        ("village", "af31af31"),
        ("village", "12 photos are in train and in test"),
        ("village", "in quadrant <strong>III</strong>"),
        ("village", examples.FOUND),
        ("village", "<strong>84.0%</strong> of the answers are sure"),
        ("village", "<strong>97.0%</strong> of these are correct"),
        ("uncalibrated", examples.WANTING),
        ("uncalibrated", "uncalibrated; about 770 photos would be enough"),
        ("village", "transferleaf evaluate run/model.keras lab field --label-map names.csv"),
    ],
)
def test_a_reader_finds(page_of, name, says):
    assert says in page_of(name)


@pytest.mark.parametrize("part", ['id="training"', 'id="data"', "Comparison of the test sets"])
def test_unknown_facts_have_no_section(page_of, part):
    assert part not in page_of("two_classes")


def test_a_page_with_many_photos_stays_small():
    counts = [[30, 30], [30, 30]]
    shown = examples.a_set("test", examples.TWO, counts, pictures=24)

    text = page(examples.two_classes_with(shown))

    assert len(Reading(text).of("img")) == 24 + 24 - 1 - 2  # one has no picture, one no heat map
    assert len(text) < 2_000_000


def test_the_same_report_gives_the_same_page(page_of):
    assert page(examples.village()) == page_of("village")


def test_a_report_writes_its_page(tmp_path, page_of):
    examples.two_classes().save_html(tmp_path / "report.html")

    assert (tmp_path / "report.html").read_text("utf-8") == page_of("two_classes")


def test_a_file_name_with_invalid_unicode_is_shown(tmp_path):
    odd = examples.a_set("test", examples.TWO, [[1, 0], [0, 1]], origin="leaf\udcff.jpg")

    examples.two_classes_with(odd).save_html(tmp_path / "report.html")

    assert r"leaf\udcff.jpg" in (tmp_path / "report.html").read_text("utf-8")


def test_nothing_turns_the_direction_of_writing_or_ends_up_in_a_terminal():
    odd = examples.a_set(
        "test", examples.TWO, [[1, 0], [0, 1]], origin="gpj.\u202efael\x1b[2J", pictures=1
    )

    text = page(examples.two_classes_with(odd))

    assert r"gpj.\u202efael\x1b[2J" in text
    assert not {"\u202e", "\x1b"} & set(text)


def test_each_measure_of_each_class_has_its_interval(page_of):
    (entry,) = examples.two_classes().sets

    shown = re.findall('<span class="range">(.*?)</span>', page_of("two_classes"))

    assert sorted(shown) == sorted(
        interval.percent_range
        for row in entry.per_class
        for interval in (row.f1_interval, row.precision_interval, row.recall_interval)
    )


def test_percentages_have_the_same_format(text):
    assert re.findall(r"\d\s+%", _words(text)) == []


@pytest.mark.parametrize(("name", "legends"), [("uncalibrated", 1), ("two_classes", 0)])
def test_heat_maps_have_a_legend_and_only_they(page_of, name, legends):
    main = re.search("<main>(.*)</main>", page_of(name), re.DOTALL).group(1)

    assert main.count('<p class="heat">') == legends


def test_the_legend_has_the_colours_of_the_heat_maps(page_of):
    steps = np.linspace(0, 255, 10).round().astype(int)
    colours = ", ".join("#" + bytes(colour).hex() for colour in heat_table()[steps])

    assert f"linear-gradient(to right, {colours})" in page_of("two_classes")


def _words(text: str) -> str:
    """The text of a page without style sheet, script and tags."""
    return re.sub("<(style|script)>.*?</\\1>|<[^>]+>", " ", text, flags=re.DOTALL)
