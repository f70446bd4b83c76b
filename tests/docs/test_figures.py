from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from docs.figures import measure_policies, policies
from docs.figures.drawing import FIGURES, FOLDER, drawn
from docs.figures.style import LOOKS
from tests.docs.pages import PAGES

SVG = "{http://www.w3.org/2000/svg}"
ON_PAGES = [
    (page.name, name, options)
    for page in PAGES
    for name, options in re.findall(
        r"^```\{drawn-figure\} (\S+)\n((?::\w+: .*\n)*)", page.read_text("utf-8"), re.MULTILINE
    )
]
LANGUAGES = {"en", "ko"}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return dict(drawn())


def test_drawing_again_gives_the_same_files(files):
    kept = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.svg")}

    # If this fails, run: python -m docs.figures
    assert sorted(kept) == sorted(files)
    assert [name for name in files if kept[name] != files[name]] == []


def test_the_plans_on_a_figure_are_those_that_the_policies_make():
    drawn_plans = {cell.value: plan.to_dict() for cell, plan in policies.plans().items()}

    # If this fails, run: python -m docs.figures.measure_policies
    assert measure_policies.plans() == drawn_plans


def test_a_figure_says_in_its_language_what_it_shows(files):
    for name, content in files.items():
        root = ElementTree.fromstring(content)

        assert root.get("lang") == ("ko" if name.endswith(".ko.svg") else "en")
        assert root.findtext(f"{SVG}title")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_every_word_in_every_language(name):
    words = FIGURES[name].WORDS

    assert set(words) == LANGUAGES
    assert set(words["ko"]) == set(words["en"])
    assert all(words["ko"].values())


def test_no_english_word_is_left_on_a_korean_figure(files):
    # Verdicts and the names of libraries are not translated.
    kept = (
        "PlantVillage|ImageNet|RGB|stem|block[1-7]|top|III|unknown|unsure|sure|"
        "Keras|timm|fastai|transferleaf"
    )

    left = {
        name: found
        for name, content in files.items()
        if name.endswith(".ko.svg")
        and (found := set(re.findall(r"[A-Za-z]{3,}", re.sub(kept, "", _words(content)))))
    }

    assert left == {}


def test_each_figure_is_on_a_page_with_a_text_alternative():
    assert {name for _, name, _ in ON_PAGES} == set(FIGURES)
    assert [place for place in ON_PAGES if ":alt: " not in place[2]] == []


@pytest.mark.parametrize("theme", LOOKS)
def test_text_has_enough_contrast(theme):
    look = LOOKS[theme]
    page = {"light": "#ffffff", "dark": "#131416"}[theme]
    grounds = [page, look.panel, *look.tints]

    for colour in (look.ink, look.quiet, look.blue, look.orange, look.green):
        assert min(_contrast(colour, ground) for ground in grounds) >= 4.5
    assert _contrast(look.on_green, look.green) >= 4.5


def _words(content: str) -> str:
    return " ".join(
        "".join(element.itertext())
        for element in ElementTree.fromstring(content).iter()
        if element.tag in (f"{SVG}text", f"{SVG}title")
    )


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of the Web Content Accessibility Guidelines, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
