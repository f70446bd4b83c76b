"""``POST /api/predict``, with a stand-in for the model."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image

from tests.pages.trying.conftest import BLUE, GREEN, GREY, RED, YELLOW, photo_of
from tests.pages.trying.stand_in import CLASSES, ExportedColourModel
from transferleaf.pages.trying.limits import Limits


def photos(*contents):
    return [("photo", (f"{n}.jpg", content)) for n, content in enumerate(contents)]


def test_a_photo_gets_its_prediction(client):
    answer = client().post("/api/predict", files=photos(photo_of(RED)))

    assert answer.status_code == 200
    [found] = answer.json()["photos"]
    share = found.pop("probability")
    top = found.pop("top")
    assert found == {
        "name": "0.jpg",
        "label": "Bean___Angular_leaf_spot",
        "title": "Bean: Angular leaf spot",
        "crop": "Bean",
        "disease": "Angular_leaf_spot",
        "healthy": False,
        "verdict": "sure",
        "message": "This looks like Bean: Angular leaf spot.",
        "error": None,
        "kept": False,
    }
    assert share > 0.8
    assert [each["label"] for each in top] == [CLASSES[0], CLASSES[1], CLASSES[2]]
    assert top[0]["probability"] == share


@pytest.mark.parametrize(
    ("colour", "verdict", "message"),
    [
        (GREEN, "sure", "This looks like Bean: healthy."),
        (
            YELLOW,
            "unsure",
            "Unsure: this looks like Bean: Angular leaf spot or Bean: healthy.",
        ),
        (
            GREY,
            "unknown",
            "This is unlike the leaves that the model knows. Do not rely on an answer.",
        ),
    ],
)
def test_a_verdict_is_told_in_plain_words(client, colour, verdict, message):
    answer = client().post("/api/predict", files=photos(photo_of(colour)))

    [found] = answer.json()["photos"]
    assert (found["verdict"], found["message"]) == (verdict, message)


def test_plain_words_are_korean_for_koreans(client):
    headers = {"accept-language": "ko"}

    answer = client().post("/api/predict", files=photos(photo_of(GREEN)), headers=headers)

    assert answer.json()["photos"][0]["message"] == "Bean: healthy에 해당하는 것으로 보입니다."


def test_several_photos_get_predictions_in_their_order(client):
    colours = [BLUE, RED, GREEN, BLUE]

    answer = client().post("/api/predict", files=photos(*map(photo_of, colours)))

    found = answer.json()["photos"]
    assert [each["name"] for each in found] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert [each["label"] for each in found] == [CLASSES[n] for n in (2, 0, 1, 2)]


@pytest.mark.parametrize(("top", "number"), [("1", 1), ("2", 2), ("99", 3)])
def test_as_many_classes_are_named_as_asked_for(client, top, number):
    files, data = photos(photo_of(RED)), {"top": top}

    answer = client().post("/api/predict", files=files, data=data)

    assert len(answer.json()["photos"][0]["top"]) == number


@pytest.mark.parametrize("top", ["0", "-1", "many", "1e3", "٣", "9" * 30])
def test_a_number_of_classes_that_is_none_is_told(client, top):
    answer = client().post("/api/predict", files=photos(photo_of(RED)), data={"top": top})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "wrong_value"


@pytest.mark.parametrize("content", [b"", b"no photo", photo_of(RED)[:200]])
def test_a_file_that_is_no_photo_is_told(client, content):
    answer = client().post("/api/predict", files=photos(content))

    assert answer.status_code == 422
    [found] = answer.json()["photos"]
    assert found["error"]["code"] == "unreadable"
    assert found["error"]["message"].endswith(".")


def test_one_broken_photo_among_others_spoils_nothing(client):
    answer = client().post("/api/predict", files=photos(photo_of(RED), b"x", photo_of(GREEN)))

    assert answer.status_code == 200
    found = answer.json()["photos"]
    assert [each.get("label") for each in found] == [CLASSES[0], None, CLASSES[1]]
    assert found[1] == {
        "name": "1.jpg",
        "error": {
            "code": "unreadable",
            "message": "it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF image.",
        },
    }


def test_a_bomb_is_refused_before_it_is_decoded(client):
    bomb = bomb_of(side=30_000)

    answer = client().post("/api/predict", files=photos(bomb))

    assert len(bomb) < 1000
    assert answer.status_code == 422
    told = answer.json()["photos"][0]["error"]["message"]
    assert told.startswith("it has ")
    assert "more than 89,478,485; scale it down first." in told


def test_a_photo_with_too_many_bytes_is_told_and_the_others_are_answered(client):
    small, large = photo_of(RED), photo_of(GREEN, size=900)

    answer = client(limits=Limits(photo_bytes=len(small))).post(
        "/api/predict", files=photos(large, small)
    )

    found = answer.json()["photos"]
    assert found[0]["error"]["code"] == "too_large"
    assert found[1]["label"] == CLASSES[0]


def test_a_request_with_too_many_bytes_is_refused(client):
    content = b"x" * 200_001

    answer = client(limits=Limits(request_bytes=100_000)).post(
        "/api/predict", files=photos(content)
    )

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_too_many_photos_are_refused(client):
    answer = client(limits=Limits(photos=2)).post("/api/predict", files=photos(b"1", b"2", b"3"))

    assert answer.status_code == 413
    assert answer.json()["error"] == {
        "code": "too_many_photos",
        "message": "send at most 2 photos at a time.",
    }


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"json": {"photo": "leaf.jpg"}}, 415, "no_form"),
        ({"content": photo_of(RED), "headers": {"content-type": "image/jpeg"}}, 415, "no_form"),
        ({"files": {"picture": photo_of(RED)}}, 400, "no_photo"),
        ({"files": {"photo": (None, "text")}}, 400, "no_photo"),
        (
            {"content": b"broken", "headers": {"content-type": "multipart/form-data"}},
            400,
            "bad_form",
        ),
    ],
)
def test_a_request_without_photos_says_what_to_send(client, request_, status, code):
    answer = client().post("/api/predict", **request_)

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\leaf.jpg", "leaf.jpg"),
        ("<b>leaf</b>.jpg", "b>.jpg"),
        ("잎.jpg", "잎.jpg"),
        ("leaf\u202egpj.exe", "leaf\\u202egpj.exe"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_name_is_only_shown_and_never_a_path(client, sent, shown):
    answer = client().post("/api/predict", files=[("photo", (sent, photo_of(RED)))])

    assert answer.json()["photos"][0]["name"] == shown


def test_an_exported_file_answers_as_well(client):
    answer = client(ExportedColourModel()).post("/api/predict", files=photos(photo_of(BLUE)))

    assert answer.json()["photos"][0]["label"] == CLASSES[2]


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP", "BMP", "GIF"])
def test_other_formats_are_photos_too(client, form):
    answer = client().post("/api/predict", files=photos(photo_of(GREEN, form=form)))

    assert answer.json()["photos"][0]["label"] == CLASSES[1]


def test_nothing_of_a_photo_stays_behind(client, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    client().post("/api/predict", files=photos(photo_of(RED), b"no photo", photo_of(RED, size=999)))

    assert list(tmp_path.iterdir()) == []


def bomb_of(*, side):
    """A PNG of a few bytes that says it has ``side`` times ``side`` pixels."""
    buffer = io.BytesIO()
    Image.new("L", (1, 1)).save(buffer, "PNG")
    content = bytearray(buffer.getvalue())
    content[16:24] = side.to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)
