"""A page gives the predictions that ``predict_photos`` gives, whatever the photos are like."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from transferleaf import FreezePolicy
from transferleaf.export import open_exported
from transferleaf.pages.site.access import Access
from transferleaf.pages.trying.application import trying
from transferleaf.pages.trying.asked_model import AskedModel


@pytest.fixture(scope="module")
def classifier(tiny_classifier, with_a_head):
    made = with_a_head(tiny_classifier(FreezePolicy.freeze_base()))
    head = made.get_layer("probabilities")
    rng = np.random.default_rng(0)
    head.set_weights([rng.normal(size=weights.shape) for weights in head.get_weights()])
    return made


@pytest.fixture(scope="module")
def models(classifier, tmp_path_factory):
    """The classifier itself, and exported."""
    file = tmp_path_factory.mktemp("exported") / "leaf.xml"
    classifier.export(file, verify=False)
    return {"keras": classifier, "openvino": open_exported(file)}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Photos as cameras and programs write them, each with colours of its own."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)

    def pixels(*shape, most=256, kind=np.uint8):
        ramp = np.linspace(0, most - 1, shape[1])
        noise = rng.integers(0, most // 2, shape)
        return (0.5 * (ramp if len(shape) == 2 else ramp[:, None]) + noise).astype(kind)

    turned = Image.Exif()
    turned[0x0112] = 6
    Image.fromarray(pixels(40, 60, 3)).save(folder / "turned.jpg", exif=turned)
    Image.fromarray(pixels(40, 60, 4), "RGBA").save(folder / "transparent.png")
    Image.fromarray(pixels(40, 60, most=65536, kind=np.uint16)).save(folder / "grey16.png")
    Image.fromarray(pixels(40, 60, 3)).convert("CMYK").save(folder / "cmyk.jpg")
    Image.fromarray(pixels(40, 60, 3)).quantize(16).save(folder / "palette.gif")
    Image.fromarray(pixels(500, 700, 3)).save(folder / "large.jpg")
    (folder / "broken.jpg").write_bytes(b"no photo")
    return sorted(folder.iterdir())


@pytest.mark.filterwarnings("ignore:.*mode.* parameter is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", ["keras", "openvino"])
@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_the_answers_are_those_of_predict(models, photos, form, together):
    model = models[form]
    asked = AskedModel.of(model, photos[0].parent / f"leaf.{form}")
    client = TestClient(trying(asked, access=Access()), base_url="http://127.0.0.1")
    requests = [photos] if together else [[photo] for photo in photos]

    found = [
        each
        for request in requests
        for each in client.post(
            "/api/predict", files=[("photo", (path.name, path.read_bytes())) for path in request]
        ).json()["photos"]
    ]

    expected = model.predict_photos(photos, top_k=3)
    assert [each["name"] for each in found] == [path.name for path in photos]
    for answer, prediction in zip(found, expected, strict=True):
        if prediction.label is None:
            assert answer["error"]["message"] == prediction.error
            continue
        assert answer["label"] == prediction.label
        assert answer["verdict"] == prediction.verdict
        shares = {each["label"]: each["probability"] for each in answer["top"]}
        assert shares == pytest.approx(dict(prediction.top), abs=1e-6)
    assert sum(each["error"] is None for each in found) == 6


def test_a_classifier_explains_through_the_page(models, photos):
    asked = AskedModel.of(models["keras"], photos[0].parent / "leaf.keras")
    client = TestClient(trying(asked, access=Access()), base_url="http://127.0.0.1")
    content = photos[-1].read_bytes()

    answer = client.post("/api/explain", files={"photo": content})

    assert answer.status_code == 200
    assert answer.json()["label"] in asked.classes
    assert AskedModel.of(models["openvino"], photos[0]).explain is None
