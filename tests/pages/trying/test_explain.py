"""``POST /api/explain``, with a stand-in for the model."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from tests.pages.trying.conftest import GREEN, RED, photo_of
from tests.pages.trying.stand_in import CLASSES, ExportedColourModel
from transferleaf.pages.trying.limits import Limits


def test_a_photo_gets_a_heat_map_of_its_size(client):
    answer = client().post("/api/explain", files={"photo": photo_of(RED, size=48)})

    found = answer.json()
    pictures = [Image.open(io.BytesIO(base64.b64decode(found.pop(k)))) for k in _PICTURES]
    assert [picture.size for picture in pictures] == [(48, 48), (48, 48)]
    assert pictures[0].getpixel((5, 5)) != pictures[1].getpixel((5, 5))
    assert found.pop("probability") > 0.8
    assert found == {
        "label": CLASSES[0],
        "title": "Bean: Angular leaf spot",
        "on_leaf": 0.85,
        "message": "85% of the evidence is on the leaf.",
    }


_PICTURES = ("photo", "heat_map")


def test_the_class_can_be_named(client):
    files, data = {"photo": photo_of(RED)}, {"class": CLASSES[1]}

    answer = client().post("/api/explain", files=files, data=data)

    assert answer.json()["label"] == CLASSES[1]


@pytest.mark.parametrize(
    ("files", "data", "status", "code"),
    [
        ({"photo": photo_of(RED)}, {"class": "Bean___Rust"}, 400, "unknown_class"),
        ({"photo": b"no photo"}, {}, 422, "unreadable"),
        ({"photo": photo_of(GREEN, size=900)}, {}, 413, "too_large"),
        ({"leaf": photo_of(RED)}, {}, 400, "no_photo"),
    ],
)
def test_what_cannot_be_explained_is_told(client, files, data, status, code):
    asking = client(limits=Limits(photo_bytes=2000))

    answer = asking.post("/api/explain", files=files, data=data)

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


def test_an_exported_file_says_why_it_cannot_explain(client):
    answer = client(ExportedColourModel()).post("/api/explain", files={"photo": photo_of(RED)})

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "no_explanation"
    assert "no accessible layers" in answer.json()["error"]["message"]
