from __future__ import annotations

import re

import pytest
from matplotlib.figure import Figure

from transferleaf.reports.html.inline_svg import ACCENT, inline_svg


@pytest.fixture(scope="module")
def drawing() -> str:
    figure = Figure()
    figure.subplots().plot([0, 1], [1, 0], color=ACCENT, marker="o", label="R<G & B")
    figure.legend()
    return inline_svg(figure, name="leaf", label="A falling line.")


def test_colours_are_those_of_the_page(drawing):
    assert "stroke: var(--accent)" in drawing
    assert ACCENT not in drawing


def test_every_id_begins_with_the_name_and_references_follow(drawing):
    ids = re.findall(r' id="([^"]+)"', drawing)
    used = re.findall(r'(?:url\(|href=")#([^)"]+)', drawing)

    assert {entry.partition("-")[0] for entry in ids} == {"leaf"}
    assert set(used) <= set(ids)
    assert used


@pytest.mark.parametrize("left_out", ["<style", "metadata", "font-family", "xmlns", "<?xml"])
def test_metadata_and_styles_are_removed(drawing, left_out):
    assert left_out not in drawing


def test_text_stays_text(drawing):
    assert "R&lt;G &amp; B</text>" in drawing


def test_it_has_a_name_and_grows_with_the_page(drawing):
    assert re.match(r'<svg [^>]*role="img" aria-label="A falling line\."', drawing)
    assert not re.match(r"<svg [^>]*width=", drawing)
