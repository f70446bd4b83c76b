"""The page in a real browser, at the size of a desk and of a phone."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest

import transferleaf as tl
from tests.datasets.painting import paint_all
from tests.pages.conftest import SCREENS
from tests.pages.trying.conftest import BLUE, GREEN, GREY, RED, YELLOW, photo_of
from tests.pages.trying.stand_in import CLASSES, ExportedColourModel
from tests.pages.trying.test_predict import bomb_of
from transferleaf.pages.site.access import Access
from transferleaf.pages.trying.limits import Limits
from transferleaf.runs.config import RunConfig
from transferleaf.runs.folder import RunFolder

pytestmark = pytest.mark.browser


@pytest.fixture
def page(served, app_of, opened):
    """Serves the application, and opens its page."""

    def open_(model=None, *, screen="desk", scheme="light", language="en", **options):
        return opened(
            served(app_of(model, **options)), screen=screen, scheme=scheme, language=language
        )

    return open_


def choose(tab, *photos, button="Choose photos"):
    """Click a button, and choose photos: names and contents."""
    with tab.expect_file_chooser() as chooser:
        tab.get_by_role("button", name=button).click()
    files = [
        {"name": name, "mimeType": "image/jpeg", "buffer": content} for name, content in photos
    ]
    chooser.value.set_files(files)
    return chooser.value


def answers(tab, number):
    """The cards, once so many of them have an answer or an error."""
    done = tab.locator(".card:has(.found:visible), .card:has(.failed)")
    done.nth(number - 1).wait_for()
    return tab.locator(".card").all()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_photo_gets_its_answer(page, screen):
    tab = page(screen=screen)

    choose(tab, ("leaf.jpg", photo_of(RED)))
    [card] = answers(tab, 1)

    assert card.locator(".badge").inner_text() == "Sure"
    assert card.locator(".says").inner_text() == "This looks like Bean: Angular leaf spot."
    facts = [text.split("\n")[-1] for text in card.locator(".facts > div").all_inner_texts()]
    assert facts[:2] == ["Bean", "Angular leaf spot"]
    assert facts[2].endswith("%")
    assert card.locator(".top li").count() == 3
    assert tab.evaluate("document.documentElement.scrollWidth") == SCREENS[screen][0]
    assert tab.complaints == []


def test_on_a_phone_the_camera_behind_the_leaf_takes_the_photo(page):
    tab = page(screen="phone")

    chooser = choose(tab, ("camera.jpg", photo_of(GREEN)), button="Take a photo")
    [card] = answers(tab, 1)

    assert chooser.element.get_attribute("capture") == "environment"
    assert not chooser.is_multiple()
    assert "healthy" in card.locator(".says").inner_text()


def test_on_a_desk_there_is_no_button_for_a_camera(page):
    assert page().get_by_role("button", name="Take a photo").count() == 0


@pytest.mark.parametrize(
    ("colour", "badge", "words"),
    [
        (GREEN, "Sure", "This looks like Bean: healthy."),
        (YELLOW, "Unsure", "this looks like Bean: Angular leaf spot or Bean: healthy."),
        (GREY, "Unknown", "Do not rely on an answer."),
    ],
)
def test_a_verdict_is_told_in_words_and_not_by_colour_alone(page, colour, badge, words):
    tab = page()

    choose(tab, ("leaf.jpg", photo_of(colour)))
    [card] = answers(tab, 1)

    assert card.locator(".badge").inner_text() == badge
    assert words in card.locator(".says").inner_text()
    assert card.locator(".facts").is_visible() is (badge != "Unknown")


def test_the_answer_is_read_out(page):
    tab = page()

    choose(tab, ("leaf.jpg", photo_of(GREEN)))
    answers(tab, 1)

    assert tab.get_by_role("status").inner_text() == "leaf.jpg: This looks like Bean: healthy."


def test_the_heat_map_of_a_single_photo_appears_beside_it(page):
    tab = page()

    choose(tab, ("leaf.jpg", photo_of(RED, size=200)))
    tab.locator(".heat").wait_for()

    photo, heat = (tab.locator(f".{name} img").bounding_box() for name in ("photo", "heat"))
    assert heat["x"] >= photo["x"] + photo["width"]
    assert heat["y"] == photo["y"]
    assert heat["width"] == pytest.approx(photo["width"], abs=1)
    assert heat["height"] == pytest.approx(photo["height"], abs=1)
    assert tab.locator(".on-leaf").inner_text() == "85% of the evidence is on the leaf."


def test_of_several_photos_a_heat_map_is_drawn_when_asked_for(page):
    tab = page(screen="phone")
    choose(tab, ("1.jpg", photo_of(RED)), ("2.jpg", photo_of(GREEN)))
    answers(tab, 2)

    assert tab.locator(".heat:visible").count() == 0
    tab.get_by_role("button", name="Show the heat map").nth(1).click()
    tab.locator(".heat:visible").wait_for()

    second = tab.locator(".card").nth(1)
    assert second.locator(".heat:visible").count() == 1
    assert "Bean: healthy" in second.locator(".heat figcaption").inner_text()


def test_an_exported_file_has_no_button_for_a_heat_map_and_says_why(page):
    tab = page(ExportedColourModel())

    choose(tab, ("leaf.jpg", photo_of(RED)))
    answers(tab, 1)
    tab.locator("details.model summary").click()

    assert tab.get_by_role("button", name="heat map").count() == 0
    assert tab.get_by_text("exported files have no accessible layers").is_visible()


def test_several_photos_get_a_card_each_in_their_order(page):
    tab = page()
    colours = [RED, GREEN, BLUE, RED, BLUE]

    choose(tab, *((f"{n}.jpg", photo_of(colour)) for n, colour in enumerate(colours)))
    cards = answers(tab, 5)

    assert [card.locator(".name").inner_text() for card in cards] == [f"{n}.jpg" for n in range(5)]
    diseases = ["Angular leaf spot", "healthy", "Common rust", "Angular leaf spot", "Common rust"]
    for card, disease in zip(cards, diseases, strict=True):
        assert disease in card.locator(".says").inner_text()


def test_later_photos_come_first(page):
    tab = page()
    choose(tab, ("first.jpg", photo_of(RED)))
    answers(tab, 1)

    choose(tab, ("second.jpg", photo_of(GREEN)))
    cards = answers(tab, 2)

    assert [card.locator(".name").inner_text() for card in cards] == ["second.jpg", "first.jpg"]


def test_a_broken_photo_says_so_and_the_next_one_is_answered(page):
    tab = page()

    choose(tab, ("notes.txt", b"no photo"), ("leaf.jpg", photo_of(GREEN)))
    broken, whole = answers(tab, 2)

    assert broken.locator(".failed").inner_text() == "This file cannot be read as a photo."
    assert broken.locator(".reason").inner_text().startswith("it is not a JPEG")
    assert broken.get_by_text("This browser cannot show the photo.").is_visible()
    assert whole.locator(".badge").inner_text() == "Sure"


def test_a_photo_with_too_many_pixels_says_how_many_are_allowed(page):
    tab = page()

    choose(tab, ("huge.png", bomb_of(side=30_000)))
    [card] = answers(tab, 1)

    assert "more than 89,478,485" in card.locator(".reason").inner_text()


def test_a_file_with_too_many_bytes_is_not_even_sent(page):
    tab = page(limits=Limits(photo_bytes=2_000_000))

    choose(tab, ("huge.jpg", photo_of(RED) + bytes(2_000_000)))
    [card] = answers(tab, 1)

    assert "more than 2 MB" in card.locator(".failed").inner_text()
    assert not any("predict" in url for url in tab.requests)


def test_a_photo_that_the_browser_cannot_show_is_answered_all_the_same(page):
    tab = page()

    choose(tab, ("leaf.tif", photo_of(GREEN, form="TIFF")))
    [card] = answers(tab, 1)
    tab.locator(".heat").wait_for()

    assert "healthy" in card.locator(".says").inner_text()
    assert card.locator(".photo img").is_visible()  # the server's copy


def test_photos_can_be_dropped_on_the_page(page):
    tab = page()
    content = list(photo_of(BLUE))

    data = tab.evaluate_handle(
        """bytes => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "dropped.jpg", {type: "image/jpeg"}));
            return data;
        }""",
        content,
    )
    tab.dispatch_event("main", "drop", {"dataTransfer": data})
    [card] = answers(tab, 1)

    assert card.locator(".name").inner_text() == "dropped.jpg"


def test_a_server_that_was_stopped_is_told(page):
    tab = page()
    tab.route("**/api/predict*", lambda route: route.abort())

    choose(tab, ("leaf.jpg", photo_of(RED)))
    [card] = answers(tab, 1)

    assert card.locator(".failed").inner_text().startswith("The server does not answer.")


def test_a_busy_server_is_asked_again(page):
    tab = page()
    times = []

    def be_busy_once(route):
        times.append(1)
        if len(times) > 1:
            route.continue_()
            return
        headers = {"retry-after": "0.1"}
        route.fulfill(status=503, headers=headers, body='{"error": {"code": "busy"}}')

    tab.route("**/api/predict*", be_busy_once)
    choose(tab, ("leaf.jpg", photo_of(GREEN)))
    [card] = answers(tab, 1)

    assert len(times) == 2
    assert "healthy" in card.locator(".says").inner_text()


def test_the_page_is_korean_for_koreans_and_switches(page):
    tab = page(language="ko-KR")

    choose(tab, ("leaf.jpg", photo_of(YELLOW)), button="사진 선택")
    [card] = answers(tab, 1)

    assert card.locator(".badge").inner_text() == "확실하지 않음"
    assert card.locator(".says").inner_text().startswith("확실하지 않습니다.")
    tab.get_by_role("link", name="English").click()
    assert tab.get_by_role("heading", level=1).inner_text() == "Which disease does the leaf have?"


def test_a_name_of_a_file_is_text(page):
    tab = page()

    choose(tab, ("<img src=x onerror=alert(1)>.jpg", photo_of(RED)))
    [card] = answers(tab, 1)

    assert card.locator(".name").inner_text() == "<img src=x onerror=alert(1)>.jpg"
    assert tab.complaints == []


def test_the_token_in_the_address_opens_the_page_and_is_gone_from_it(served, app_of, opened):
    token = "correct-horse-battery"
    url = served(app_of(access=Access(token=token)))

    tab = opened(f"{url}?token={token}")
    choose(tab, ("leaf.jpg", photo_of(GREEN)))
    answers(tab, 1)

    assert tab.url == url
    assert tab.evaluate("document.cookie") == ""


@pytest.fixture
def run(tmp_path):
    """A run whose training photos are there."""
    root = tmp_path / "photos"
    paint_all(root, [f"{name}/{n}.png" for name in CLASSES for n in range(10)])
    config = RunConfig(data=str(root), name="mine", output=str(tmp_path / "runs"))
    folder = RunFolder.create(config, date(2026, 1, 31))
    tl.open_leaves(root).split(0.6, 0.2, 0.2, seed=0).save(folder.split)
    folder.model.write_bytes(b"a model")
    return folder.path


def test_training_photos_of_the_two_most_probable_classes_are_shown(page, run):
    tab = page(path=run)

    choose(tab, ("leaf.jpg", photo_of(YELLOW)))
    [card] = answers(tab, 1)

    groups = card.locator(".class-examples")
    assert groups.locator("p").all_inner_texts() == ["Bean: Angular leaf spot", "Bean: healthy"]
    assert groups.locator("img").count() == 6


def test_no_request_leaves_the_machine(page, run):
    tab = page(path=run)

    choose(tab, ("leaf.jpg", photo_of(RED)))
    tab.locator(".heat").wait_for()
    tab.reload()

    hosts = {urlsplit(url).hostname for url in tab.requests if not url.startswith("blob:")}
    assert hosts == {"127.0.0.1"}
    assert len(tab.requests) > 10


def test_everything_can_be_done_by_keyboard(page):
    tab = page()
    # Playwright intercepts the chooser from the first listener on, but does not wait for Chromium.
    tab.on("filechooser", lambda chooser: None)

    tab.keyboard.press("Tab")
    first = tab.evaluate("document.activeElement.className")
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.activeElement.id === 'main'")
    tab.keyboard.press("Tab")
    with tab.expect_file_chooser() as chooser:
        tab.keyboard.press("Enter")
    files = [("1.jpg", photo_of(RED)), ("2.jpg", photo_of(GREEN))]
    chooser.value.set_files(
        [{"name": name, "mimeType": "image/jpeg", "buffer": content} for name, content in files]
    )
    answers(tab, 2)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.locator(".heat:visible").wait_for()

    assert first == "skip"


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(page, run, barriers, screen, scheme):
    tab = page(path=run, screen=screen, scheme=scheme)
    before = barriers(tab)

    choose(tab, *((f"{n}.jpg", photo_of(colour)) for n, colour in enumerate([RED, YELLOW, GREY])))
    choose(tab, ("notes.txt", b"no photo"))
    answers(tab, 4)
    tab.get_by_role("button", name="Show the heat map").first.click()
    tab.locator(".heat:visible").wait_for()
    tab.locator("details.model summary").click()

    assert before == []
    assert barriers(tab) == []
