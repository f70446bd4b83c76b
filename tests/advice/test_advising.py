"""Asking for advice: photos in, a printed answer and a value out."""

from __future__ import annotations

import pytest
from PIL import Image

import transferleaf as tl
from tests.backbones.tinyformer import TINYFORMER
from transferleaf.errors import ConfigError, FolderLayoutError


@pytest.fixture
def leaf_folder(tmp_path, blobs):
    """Three classes of 10 small photos, as files."""
    images, labels = blobs(30)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = tmp_path / "leaves" / "abc"[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number:03}.png")
    return tmp_path / "leaves"


def test_a_folder_is_opened_measured_and_answered(leaf_folder, tiny_network, capsys):
    advice = tl.advise(leaf_folder, backbone=tiny_network(), verbose=1)

    assert advice.evidence.size.photos == 30
    assert advice.policy.quadrant is advice.recommended.quadrant
    assert f"tiny at 16 px: quadrant {advice.recommended.name}\n" in capsys.readouterr().out


def test_silence_can_be_asked_for(leaf_folder, tiny_network, capsys):
    tl.advise(tl.open_leaves(leaf_folder), backbone=tiny_network(), verbose=0)

    assert capsys.readouterr().out == ""


def test_a_folder_without_photos_is_refused(tmp_path):
    with pytest.raises(FolderLayoutError):
        tl.advise(tmp_path)


@pytest.mark.parametrize("limit", [0, -1, "soon"])
def test_a_time_limit_is_a_positive_number(leaf_folder, tiny_network, limit):
    with pytest.raises(ConfigError, match="time_limit="):
        tl.advise(leaf_folder, backbone=tiny_network(), time_limit=limit, verbose=0)


def test_random_weights_are_not_compared_with_pretraining_data(leaf_folder, capsys):
    advice = tl.advise(
        leaf_folder, backbone=TINYFORMER, weights=None, image_size=32, augmented=False, verbose=1
    )

    similarity = advice.evidence.similarity
    assert not similarity.pretrained
    assert similarity.divergences == (None,) * len(similarity.stages)
    assert similarity.made_divergences is None
    assert (advice.position.similarity, advice.position.similarity_deviation) == (0.0, 0.0)
    told = " ".join(capsys.readouterr().out.split())
    assert "The network has random weights, so there is no pretraining data" in told
    assert "diverge" not in told


def test_an_advice_on_random_weights_survives_a_file(leaf_folder, tmp_path):
    advice = tl.advise(
        leaf_folder, backbone=TINYFORMER, weights=None, image_size=32, augmented=False, verbose=0
    )
    advice.save(tmp_path / "advice.json")

    assert tl.Advice.load(tmp_path / "advice.json") == advice
    assert not any("your photos" in text.get_text() for text in advice.figure().axes[0].texts)
