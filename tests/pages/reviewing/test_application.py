from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from transferleaf.pages.reviewing.application import _HERE
from transferleaf.pages.site.layout import read_words
from transferleaf.reviewing.sentences import SENTENCES


def decide(client, key, action, **facts):
    return client.post("/api/decisions", json={"key": key, "action": action, **facts})


def test_the_page_names_its_questions_and_classes(client, going):
    told = client(going()).get("/api/review").json()

    assert [each["key"] for each in told["questions"]][-1] == "copy:Bean___Leaf_mould/9.jpg"
    assert all(each["open"] and each["decision"] is None for each in told["questions"])
    assert told["classes"][0] == {"name": "Bean___Leaf_mould", "title": "Bean: Leaf mould"}


def test_addresses_of_photos_differ_between_servers_because_browsers_cache_them(client, going):
    review = going()

    pages = [client(review).get("/").text for _ in range(2)]

    versions = [re.search('data-version="([0-9a-f]{16})"', page)[1] for page in pages]
    assert versions[0] != versions[1]


def test_results_that_cannot_be_written_are_an_error_on_the_page(client, going, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tests.pages.reviewing.conftest.write_outcome", fail)

    answer = client(going()).post("/api/finish", json={})

    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "not_written")


def test_a_question_has_a_reason_and_photos_of_both_classes(client, going):
    asked = client(going()).get("/api/questions/0").json()

    assert asked["reasons"] == ["Looks like Bean: healthy (90%), not Bean: Leaf mould (2%)."]
    assert [each["photo"] for each in asked["given"]["photos"]] == [3, 6, 9]
    assert [each["photo"] for each in asked["proposed"]["photos"]] == [1, 4, 7, 10]


def test_a_question_is_asked_in_korean_too(client, going):
    asked = client(going()).get("/api/questions/0?lang=ko").json()

    assert asked["reasons"] == ["Bean: Leaf mould(2%)보다 Bean: healthy(90%)에 가까워 보입니다."]


def test_a_decision_is_recorded_before_it_is_answered(client, going):
    review = going()

    told = decide(client(review), "label:Bean___Leaf_mould/0.jpg", "drop").json()

    assert told["questions"][0]["decision"]["action"] == "drop"
    assert told["questions"][0]["open"] is False
    assert [each.action for each in going().decisions()] == ["drop"]


def test_of_two_pages_the_second_is_told_and_nothing_is_lost(client, going):
    review = going()
    first, second = client(review), client(review)
    key = "label:Bean___Leaf_mould/0.jpg"
    decide(first, key, "keep", seen=0)

    answer = decide(second, key, "drop", seen=0)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert [each.action for each in review.decisions()] == ["keep"]


def test_undo_takes_the_last_decision_back(client, going):
    asked = client(going())
    decide(asked, "label:Bean___healthy/1.jpg", "keep")

    assert asked.post("/api/undo", json={}).json()["undone"] == "label:Bean___healthy/1.jpg"
    assert asked.post("/api/undo", json={}).json()["undone"] is None


def test_results_are_written_when_asked_for(client, going):
    asked = client(going())
    decide(asked, "label:Bean___healthy/1.jpg", "relabel", class_name="Corn___rust")

    told = asked.post("/api/finish", json={}).json()["told"]

    assert told.startswith("Decisions: ")
    assert told.endswith("reviewed.csv")
    korean = asked.post("/api/finish?lang=ko", json={}).json()["told"]
    assert korean.startswith("결정: ")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"key": "label:../secret.jpg", "action": "keep"}, 400, "not_possible"),
        ({"key": "label:Bean___healthy/1.jpg", "action": "burn"}, 400, "bad_request"),
        ({"key": "label:Bean___healthy/1.jpg", "action": "relabel"}, 400, "not_possible"),
        ({"key": ["label"], "action": "keep"}, 400, "bad_request"),
        ({"key": "label:Bean___healthy/1.jpg", "action": "keep", "seen": "0"}, 400, "bad_request"),
        (["keep"], 400, "bad_request"),
    ],
)
def test_what_is_no_decision_is_refused(client, going, body, status, code):
    review = going()

    answer = client(review).post("/api/decisions", json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert review.decisions() == ()


def test_a_form_of_another_page_decides_nothing(client, going):
    review = going()
    key = "label:Bean___healthy/1.jpg"

    form = client(review).post("/api/decisions", data={"key": key, "action": "drop"})
    foreign = client(review).post(
        "/api/decisions",
        json={"key": key, "action": "drop"},
        headers={"origin": "https://other.example"},
    )

    assert (form.status_code, foreign.status_code) == (415, 403)
    assert review.decisions() == ()


def test_photos_are_made_small(client, going):
    answer = client(going()).get("/photos/0/320")

    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (120, 90)


def test_a_large_photo_is_made_smaller(client, going, photos):
    Image.new("RGB", (3000, 1500), "green").save(photos.paths[0])

    answer = client(going()).get("/photos/0/1280")

    assert Image.open(io.BytesIO(answer.content)).size == (1280, 640)


@pytest.mark.parametrize(
    "address",
    [
        "/photos/12/320",
        "/photos/0/100000",
        "/photos/-1/320",
        "/photos/..%2f..%2fetc%2fpasswd/320",
        "/photos/%2e%2e/%2e%2e/etc/passwd",
        "/static/page/../application.py",
        "/static/page/%2e%2e/application.py",
        "/api/questions/6",
    ],
)
def test_nothing_but_the_photos_of_the_data_set_can_be_had(client, going, address):
    assert client(going()).get(address).status_code == 404


def test_a_photo_that_is_gone_is_said(client, going, photos):
    review = going()
    photos.paths[0].unlink()

    answer = client(review).get("/photos/0/320")

    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "unreadable")


def test_the_page_says_what_the_command_line_says():
    english = read_words(_HERE, "en")

    said = {key: text for key, text in english.items() if key.startswith("said.")}

    assert said == {f"said.{key}": text for key, text in SENTENCES.items()}
