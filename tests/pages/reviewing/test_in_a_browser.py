from __future__ import annotations

import pytest
from playwright.sync_api import expect

OPEN = "Open: {}."


@pytest.fixture
def page(served, app_of, going, opened):
    """Opens the page of a review in a tab."""

    def open_(**options):
        review = going()
        tab = opened(served(app_of(review)), **options)
        expect(tab.locator("#question")).to_be_visible()
        tab.review = review
        return tab

    return open_


def pressed(tab, *keys, left):
    """Press keys, and wait until so many photos are open."""
    for key in keys:
        tab.keyboard.press(key)
    expect(tab.locator("#open")).to_have_text(OPEN.format(left))


def test_a_whole_review_needs_the_keyboard_only(page):
    tab = page()

    pressed(tab, "k", left=5)
    pressed(tab, "d", left=4)
    tab.keyboard.press("r")
    tab.keyboard.type("mou")
    pressed(tab, "Enter", left=3)
    pressed(tab, "l", left=3)
    expect(tab.locator("#place")).to_have_text("Photo 5 of 6.")
    pressed(tab, "k", left=2)
    expect(tab.locator("#file")).to_have_text("Bean___Leaf_mould/9.jpg")
    pressed(tab, "s", left=1)

    made = [(each.action, each.class_name, each.same_as) for each in tab.review.decisions()]
    assert made == [
        ("keep", None, None),
        ("drop", None, None),
        ("relabel", "Bean___Leaf_mould", None),
        ("later", None, None),
        ("keep", None, None),
        ("same-leaf", None, "Bean___Leaf_mould/6.jpg"),
    ]
    expect(tab.locator("#file")).to_have_text("Bean___Leaf_mould/3.jpg")
    assert tab.complaints == []


def test_the_proposed_class_is_the_first_of_the_chooser(page):
    tab = page()

    tab.keyboard.press("r")
    expect(tab.locator("#classes [aria-selected=true]")).to_have_text("Bean: healthy (proposed)")
    pressed(tab, "Enter", left=5)

    assert [each.class_name for each in tab.review.decisions()] == ["Bean___healthy"]


def test_arrows_move_and_decide_nothing(page):
    tab = page()

    tab.keyboard.press("ArrowRight")
    expect(tab.locator("#place")).to_have_text("Photo 2 of 6.")
    tab.keyboard.press("ArrowLeft")
    expect(tab.locator("#place")).to_have_text("Photo 1 of 6.")
    tab.keyboard.press("ArrowLeft")
    expect(tab.locator("#place")).to_have_text("Photo 6 of 6.")

    assert tab.review.decisions() == ()


def test_escape_closes_the_chooser_and_decides_nothing(page):
    tab = page()

    tab.keyboard.press("r")
    tab.keyboard.press("Escape")
    expect(tab.locator("#chooser")).to_be_hidden()

    assert tab.review.decisions() == ()


def test_undo_goes_back_to_the_photo(page):
    tab = page()
    pressed(tab, "d", left=5)

    pressed(tab, "u", left=6)

    expect(tab.locator("#place")).to_have_text("Photo 1 of 6.")
    assert tab.review.decisions() == ()


def test_a_neighbour_can_be_said_to_show_the_same_leaf(page):
    tab = page()

    tab.keyboard.press("s")
    tab.keyboard.press("Tab")
    pressed(tab, "Enter", left=5)

    assert [each.same_as for each in tab.review.decisions()] == ["Bean___Leaf_mould/6.jpg"]


def test_a_review_goes_on_after_a_restart(page):
    first = page()
    pressed(first, "k", left=5)
    pressed(first, "l", left=5)
    expect(first.locator("#place")).to_have_text("Photo 3 of 6.")

    again = page()

    expect(again.locator("#open")).to_have_text(OPEN.format(5))
    expect(again.locator("#place")).to_have_text("Photo 3 of 6.")


def test_a_second_tab_learns_what_the_first_decided(served, app_of, going, opened):
    review = going()
    address = served(app_of(review))
    first, second = opened(address), opened(address)
    expect(second.locator("#question")).to_be_visible()
    pressed(first, "k", left=5)

    second.keyboard.press("d")

    expect(second.locator("#told")).to_contain_text("ann decided 'keep' meanwhile")
    expect(second.locator("#decided")).to_have_text("Kept by ann.")
    assert [each.action for each in review.decisions()] == ["keep"]


def test_a_server_that_has_ended_is_said(page):
    tab = page()
    tab.wait_for_load_state("networkidle")  # keys do nothing while the page waits for an answer
    tab.context.set_offline(True)

    tab.keyboard.press("k")

    expect(tab.locator("#told")).to_contain_text("The decision was not recorded")
    expect(tab.locator("#open")).to_have_text(OPEN.format(6))


def test_results_are_written_from_the_page(page):
    tab = page()
    pressed(tab, "k", left=5)

    tab.get_by_role("button", name="Write results").click()

    expect(tab.locator("#results-told")).to_contain_text("reviewed.csv")


@pytest.mark.parametrize("screen", ["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out(page, barriers, screen, scheme):
    tab = page(screen=screen, scheme=scheme)

    assert barriers(tab) == []

    tab.get_by_role("button", name="Relabel").click()
    expect(tab.locator("#chooser")).to_be_visible()
    assert barriers(tab) == []


def test_a_phone_shows_all_in_its_width_and_keys_can_be_touched(page):
    tab = page(screen="phone")

    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.get_by_role("button", name="Keep").tap()
    expect(tab.locator("#open")).to_have_text(OPEN.format(5))


def test_no_request_leaves_the_machine(page):
    tab = page()
    pressed(tab, "k", left=5)

    assert {address.split("/")[2].split(":")[0] for address in tab.requests} == {"127.0.0.1"}


def test_the_page_is_there_in_korean(page):
    tab = page(language="ko-KR")

    expect(tab.get_by_role("button", name="레이블 변경")).to_be_visible()
    expect(tab.locator("#open")).to_have_text("남은 사진: 6.")
    assert tab.locator("html").get_attribute("lang") == "ko"
