"""The page in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

SCREENS = {"desk": (1280, 900), "phone": (390, 844), "small phone": (360, 740)}


@pytest.fixture
def opened(browser, page_of, tmp_path):
    """Opens an example, and collects the browser's error messages in ``tab.complaints``."""
    contexts = []

    def open_(name, *, screen="desk", scheme="light"):
        (tmp_path / "report.html").write_text(page_of(name), "utf-8")
        width, height = SCREENS[screen]
        size = {"width": width, "height": height}
        contexts.append(browser.new_context(viewport=size, color_scheme=scheme))
        tab = contexts[-1].new_page()
        tab.complaints = []
        tab.on("console", lambda message: tab.complaints.append(message.text))
        tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.on("dialog", lambda shown: tab.complaints.append(shown.message))
        tab.goto((tmp_path / "report.html").as_uri())
        return tab

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", ["two_classes", "village", "hostile"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_opens_without_complaint_and_is_no_wider_than_the_screen(opened, name, screen):
    tab = opened(name, screen=screen)

    assert tab.complaints == []
    assert tab.evaluate("document.documentElement.scrollWidth") == SCREENS[screen][0]


@pytest.mark.parametrize(("name", "screen"), [("village", "phone"), ("two_classes", "desk")])
def test_a_table_that_is_wider_than_the_screen_says_that_it_scrolls(opened, name, screen):
    tab = opened(name, screen=screen)
    # The page measures its tables after the first layout.
    tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    told = tab.locator(".cue:visible").count()

    wider = tab.evaluate(
        """[...document.querySelectorAll(".scroll, .matrix")]
            .filter(region => region.scrollWidth > region.clientWidth).length"""
    )
    assert told == wider
    assert (told > 0) is (screen == "phone")


def test_on_a_phone_figures_stack_and_a_row_keeps_its_name_in_sight(opened):
    tab = opened("village", screen="phone")
    region = tab.locator(".scroll:has(table.sorts)").first

    lefts = tab.evaluate(
        "[...document.querySelectorAll('.charts > figure')].map(e => e.offsetLeft)"
    )
    region.evaluate("element => { element.scrollLeft = 1000 }")
    name = region.locator("tbody th").first.bounding_box()

    assert len(set(lefts)) == 1
    assert region.evaluate("element => element.scrollLeft") > 0
    assert name["x"] >= 0


def test_on_a_phone_the_figure_of_the_matrix_keeps_its_size_and_scrolls(opened):
    tab = opened("village", screen="phone")
    region = tab.locator(".quadrants .scroll")

    widths = region.evaluate("element => [element.clientWidth, element.scrollWidth]")

    assert widths[0] <= SCREENS["phone"][0] < 700 < widths[1]


def test_on_a_phone_captions_stay_on_the_screen(opened):
    tab = opened("village", screen="phone")

    captions = [each.bounding_box() for each in tab.locator(".scroll caption").all()]

    assert max(box["x"] + box["width"] for box in captions) <= SCREENS["phone"][0]


def test_on_a_phone_no_text_is_too_small_to_read(opened):
    tab = opened("village", screen="phone")

    smallest = tab.evaluate(
        """() => Math.min(...[...document.querySelectorAll("body *")]
            .filter(element => [...element.childNodes].some(
                node => node.nodeType === Node.TEXT_NODE && node.data.trim()))
            .filter(element => element.checkVisibility())
            .map(element => {
                const drawn = element.ownerSVGElement;
                const scale = drawn ? drawn.clientWidth / drawn.viewBox.baseVal.width : 1;
                return scale * parseFloat(getComputedStyle(element).fontSize);
            }))"""
    )

    assert smallest >= 10.5


def test_a_heading_sorts_its_table_by_click_and_by_key(opened):
    tab = opened("village")
    table = tab.locator("table.sorts").first
    photos = table.get_by_role("columnheader", name="Photos")

    photos.get_by_role("button").click()
    falling = [int(text) for text in table.locator("td:last-child").all_inner_texts()]
    photos.get_by_role("button").press("Enter")
    rising = [int(text) for text in table.locator("td:last-child").all_inner_texts()]

    assert falling == sorted(rising, reverse=True)
    assert rising == sorted(rising)
    assert photos.get_attribute("aria-sort") == "ascending"
    assert table.locator("[aria-sort]").count() == 1


def test_a_class_that_was_not_measured_stays_last(opened):
    tab = opened("village")
    table = tab.locator("table.sorts").nth(1)
    last = table.locator("tbody tr:last-child td:last-child")
    by_f1 = table.get_by_role("columnheader", name="F1").get_by_role("button")

    by_f1.click()
    falling = last.inner_text()
    by_f1.click()

    assert (falling, last.inner_text()) == ("none", "none")


def test_arrow_keys_move_through_a_matrix_and_read_its_cells(opened):
    tab = opened("two_classes")
    tab.locator(".matrix td").first.focus()
    readout = tab.locator(".readout")

    first = readout.inner_text()
    tab.keyboard.press("ArrowRight")

    assert first == "46 of 50 photos of Tomato: Late blight (92.0%) are classified correctly"
    assert readout.inner_text() == (
        "4 of 50 photos of Tomato: Late blight (8.0%) are predicted as Tomato: healthy"
    )
    assert tab.locator(".matrix td[tabindex='0']").count() == 1


def test_zeros_show_when_asked_for(opened):
    tab = opened("all_right")
    colour = "getComputedStyle(document.querySelector('.matrix td.zero')).color"

    hidden = tab.evaluate(colour)
    tab.get_by_label("Show zeros").check()

    assert hidden == "rgba(0, 0, 0, 0)"
    assert tab.evaluate(colour) == "rgb(86, 96, 89)"


def test_a_photo_opens_by_key_and_closes_with_escape(opened):
    tab = opened("village")
    photo = tab.locator("button.photo").first

    photo.press("Enter")
    pictures = tab.locator("dialog[open] img").count()
    tab.keyboard.press("Escape")

    assert pictures == 2
    assert tab.locator("dialog[open]").count() == 0
    assert photo.evaluate("element => element === document.activeElement")


def test_the_first_tab_stop_leads_past_the_contents(opened):
    tab = opened("village")

    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")

    assert tab.evaluate("location.hash") == "#summary"


def test_in_print_everything_is_visible_and_nothing_floats(opened):
    tab = opened("village", scheme="dark")

    tab.emulate_media(media="print", color_scheme="dark")

    assert tab.locator("nav").is_hidden()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate("getComputedStyle(document.querySelector('.matrix')).overflow") == "visible"
    assert tab.locator(".charts details table").first.is_visible()


# Pairs of text and background, by the names of the page's colours.
PAIRS = [
    ("--ink", "--paper"),
    ("--ink", "--raised"),
    ("--quiet", "--paper"),
    ("--quiet", "--raised"),
    ("--accent", "--paper"),
    ("--warm", "--paper"),
    ("--on-accent", "--accent"),
    ("--on-warm", "--warm"),
]


@pytest.fixture(scope="module", params=["light", "dark"])
def painted(request, browser, page_of):
    """The page in one of its two schemes."""
    context = browser.new_context(color_scheme=request.param)
    tab = context.new_page()
    tab.set_content(page_of("all_right"))
    yield tab
    context.close()


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_has_enough_contrast(painted, text, ground):
    colours = [_colour(painted, f"var({name})") for name in (text, ground)]

    assert _contrast(*colours) >= 4.5


@pytest.mark.parametrize("tone", ["--accent", "--warm"])
def test_numbers_have_enough_contrast_on_the_strongest_shade(painted, tone):
    tint = _colour(painted, f"color-mix(in oklab, var({tone}) 32%, var(--paper))")

    assert _contrast(_colour(painted, "var(--ink)"), tint) >= 4.5


def _colour(tab, css):
    """Red, green and blue of a colour, as the browser paints it."""
    return tab.evaluate(
        """css => {
            const probe = document.body.appendChild(document.createElement("i"));
            probe.style.color = css;
            const context = document.createElement("canvas").getContext("2d");
            context.fillStyle = getComputedStyle(probe).color;
            context.fillRect(0, 0, 1, 1);
            return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        css,
    )


def _contrast(one, two):
    """The contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    shares = [value / 255 for value in colour]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
