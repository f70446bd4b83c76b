"""The page, the description of the API and the facts of the model."""

from __future__ import annotations

import re

import pytest

from tests.pages.trying.stand_in import CLASSES, ColourModel, ExportedColourModel
from transferleaf.pages.site.access import Access
from transferleaf.pages.trying import application as module
from transferleaf.pages.trying.description import CODES, description
from transferleaf.pages.trying.keeping import Keeping
from transferleaf.pages.trying.limits import Limits


class Uncalibrated(ColourModel):
    calibration = None


def test_the_page_speaks_the_language_of_the_browser(client):
    asking = client()

    assert '<html lang="en">' in asking.get("/").text
    assert "사진 선택" in asking.get("/", headers={"accept-language": "ko-KR"}).text
    assert "사진 선택" in asking.get("/?lang=ko").text


def test_the_page_has_no_script_or_style_of_its_own(client):
    text = client().get("/").text

    assert re.findall(r"<script(?! src=\"/static/)", text) == []
    assert "<style" not in text
    assert " style=" not in text
    assert re.findall(r"\son\w+=", text) == []


def test_the_page_says_whether_photos_are_kept(client, tmp_path):
    assert "deletes them after the answer" in client().get("/").text
    assert "It keeps them" in client(keeping=Keeping(tmp_path)).get("/").text


def test_the_page_of_an_exported_file_says_why_there_are_no_heat_maps(client):
    text = client(ExportedColourModel()).get("/").text

    assert "exported files have no accessible layers" in text
    assert "Show the heat map" not in text


def test_the_page_says_that_a_model_is_not_calibrated(client):
    assert "uncalibrated: the precision" in client(Uncalibrated()).get("/").text


def test_the_model_is_described(client):
    found = client(ExportedColourModel()).get("/api/model").json()

    assert found.pop("version")
    assert found == {
        "name": "leaf.keras",
        "format": "onnx",
        "classes": list(CLASSES),
        "calibrated": True,
        "explains": False,
        "keeps": False,
        "limits": {
            "photo_bytes": 50_000_000,
            "request_bytes": 100_000_000,
            "photos": 32,
            "requests": 32,
            "upload_seconds": 120.0,
        },
    }


def test_the_description_names_every_address_of_the_api(client):
    described = client().get("/api").json()

    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {"/api", "/api/model", "/api/predict", "/api/explain"}


@pytest.mark.parametrize("address", ["/api", "/api/model"])
def test_no_address_is_open_without_the_token(client, address):
    assert client(access=Access(token="correct-horse-battery")).get(address).status_code == 401


def test_every_code_that_is_raised_is_described():
    from pathlib import Path

    pages = Path(module.__file__).parents[1]
    files = [*(pages / "site").glob("*.py"), *(pages / "trying").glob("*.py")]
    text = "\n".join(file.read_text("utf-8") for file in files)
    raised = {
        code
        for pattern in (
            r'Refused\(\s*\d+,\s*"(\w+)"',
            r'failed\([\w.]+, "(\w+)"',
            r'request, 500, "(\w+)"',
        )
        for code in re.findall(pattern, text)
    }

    assert raised | {"not_found", "wrong_method"} == CODES.keys()


def test_the_description_of_a_prediction_names_its_values(client):
    from tests.pages.trying.conftest import RED, photo_of

    found = client().post("/api/predict", files={"photo": photo_of(RED)}).json()["photos"][0]

    schema = description(Limits())["paths"]["/api/predict"]["post"]["responses"]["200"]
    items = schema["content"]["application/json"]["schema"]["properties"]["photos"]["items"]
    assert items["oneOf"][0]["properties"].keys() == found.keys()
