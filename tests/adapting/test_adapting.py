"""``TransferClassifier.adapt``: photos without labels, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from transferleaf.errors import BadPhotosError, ConfigError, FolderLayoutError, NotTrainedError


def test_only_the_head_changes_and_the_calibration_is_reset(
    trained, laboratory, field_folder, blobs, capsys
):
    classifier = trained()
    classifier.calibrate(blobs(60, seed=9), verbose=0)
    before = {weight.path: weight.numpy() for weight in classifier.weights}

    result = classifier.adapt(field_folder, training_data=laboratory)

    changed = {
        weight.path
        for weight in classifier.weights
        if not np.array_equal(weight.numpy(), before[weight.path])
    }
    assert result.adapted
    assert (result.photos, classifier.adaptation) == (60, result)
    assert classifier.calibration is None
    assert any("probabilities" in path for path in changed)
    assert all("probabilities" in path or "standardize" in path for path in changed)
    assert "The head is adapted" in " ".join(capsys.readouterr().out.split())


def test_a_folder_and_a_list_of_paths_give_the_same(trained, laboratory, field_folder):
    paths = sorted(field_folder.rglob("*.png"))
    classifiers = [trained() for _ in range(2)]
    classifiers[1].set_weights(classifiers[0].get_weights())

    for classifier, photos in zip(classifiers, (field_folder, paths), strict=True):
        classifier.adapt(photos, training_data=laboratory, verbose=0)

    one, other = (classifier.get_weights() for classifier in classifiers)
    for ours, theirs in zip(one, other, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_the_result_is_saved_and_a_fit_resets_it(trained, laboratory, field_folder, tmp_path):
    classifier = trained()
    classifier.adapt(field_folder, training_data=laboratory, verbose=0)

    classifier.save(tmp_path / "leaf.keras")
    loaded = tl.load_classifier(tmp_path / "leaf.keras")
    classifier.fit(*laboratory, verbose=0)

    assert loaded.adaptation.photos == 60
    assert classifier.adaptation is None


def test_unreadable_photos_are_refused_or_left_out(trained, laboratory, field_folder, capsys):
    (field_folder / "broken.jpg").write_text("no photo")
    classifier = trained()

    with pytest.raises(BadPhotosError, match=r"1 of 61 photos cannot be read:\n  '.*broken\.jpg'"):
        classifier.adapt(field_folder, training_data=laboratory, verbose=0)
    result = classifier.adapt(field_folder, training_data=laboratory, on_bad_photo="skip")

    assert result.photos == 60
    [skipped] = classifier.skipped_photos
    assert (skipped.path.name, skipped.used_for) == ("broken.jpg", "adaptation")
    assert "broken.jpg" in capsys.readouterr().out


def test_missing_photos_are_refused_or_left_out(trained, laboratory, field_folder):
    paths = [*sorted(field_folder.rglob("*.png")), field_folder / "gone.jpg"]
    classifier = trained()

    with pytest.raises(BadPhotosError, match=r"1 of 61 photos cannot be read:\n  '.*gone\.jpg'"):
        classifier.adapt(paths, training_data=laboratory, verbose=0)
    result = classifier.adapt(paths, training_data=laboratory, on_bad_photo="skip", verbose=0)

    assert result.photos == 60
    assert [photo.path.name for photo in classifier.skipped_photos] == ["gone.jpg"]


def test_photos_none_of_which_exists_are_refused(trained, laboratory, tmp_path):
    with pytest.raises(BadPhotosError, match="1 of 1 photos cannot be read"):
        trained().adapt(
            [tmp_path / "gone.jpg"], training_data=laboratory, on_bad_photo="skip", verbose=0
        )


def test_views_of_an_augmentation_count_too(trained, laboratory, field_folder, monkeypatch):
    seen = []
    real = tl.adapting.adapting.self_trained
    monkeypatch.setattr(
        "transferleaf.adapting.adapting.self_trained",
        lambda labelled, halves, *rest, **named: (
            seen.append((len(labelled.targets), [len(half.targets) for half in halves])),
            real(labelled, halves, *rest, **named),
        )[1],
    )
    policy = tl.FreezePolicy.freeze_base(views=2)
    classifier = trained(augment=tl.Augmentation.leaf(), freeze=policy)

    classifier.adapt(field_folder, training_data=laboratory, verbose=0)

    assert seen == [(180, [90, 90])]


def test_a_policy_that_trains_stages_is_refused(trained, laboratory, field_folder):
    classifier = trained(freeze=tl.FreezePolicy.train_last(stages=1, epochs=1))

    with pytest.raises(ConfigError, match="keep the base frozen, such as freeze='IV'"):
        classifier.adapt(field_folder, training_data=laboratory)


def test_an_untrained_classifier_is_refused(tiny_network, laboratory, field_folder):
    classifier = tl.TransferClassifier(classes=("a", "b", "c"), backbone=tiny_network())

    with pytest.raises(NotTrainedError, match="adaptation"):
        classifier.adapt(field_folder, training_data=laboratory)


@pytest.mark.parametrize(
    ("unlabeled", "error", "message"),
    [
        ("nowhere", FolderLayoutError, "is not a folder; give a folder of photos without labels"),
        ("", ConfigError, "unlabeled='' must name a file or a folder"),
        ([], ConfigError, "unlabeled .*must be a folder of photos, a list of their paths"),
        (3, ConfigError, "unlabeled .*must be a folder of photos, a list of their paths"),
    ],
)
def test_other_values_are_refused(trained, laboratory, unlabeled, error, message):
    with pytest.raises(error, match=message):
        trained().adapt(unlabeled, training_data=laboratory)


def test_an_empty_folder_is_refused(trained, laboratory, tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(FolderLayoutError, match="contains no photos"):
        trained().adapt(tmp_path / "empty", training_data=laboratory)


def test_training_data_without_labels_is_refused(trained, field_folder):
    with pytest.raises(ConfigError, match=r"training_data .*must be the training photos"):
        trained().adapt(field_folder, training_data=None)


def test_photos_of_one_leaf_are_refused(trained, laboratory, field_folder, tmp_path):
    folders = [tmp_path / "labelled" / name for name in trained().classes]
    for folder, image in zip(folders, laboratory[0], strict=False):
        folder.mkdir(parents=True)
        Image.fromarray(image).save(folder / "1.png")
    leaves = {f"{folder.name}/1.png": "the same" for folder in folders}
    data = tl.LeafDataset.from_folder(tmp_path / "labelled", leaves=leaves)

    with pytest.raises(ConfigError, match=r"training_data .*must show at least two leaves"):
        trained().adapt(field_folder, training_data=data)
