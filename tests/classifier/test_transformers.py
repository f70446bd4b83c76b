"""A classifier with a transformer as backbone."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import transferleaf as tl
from tests.backbones.keras_hub.tiny import tiny_hub_spec
from tests.backbones.tinyformer import TINYFORMER
from tests.conftest import CLASSES
from transferleaf.errors import ExportFailedError
from transferleaf.explanations.network import network_of
from transferleaf.features.engines import open_engine
from transferleaf.features.outputs import Output, prefix_network
from transferleaf.freezing.feature_groups import feature_groups

FORMATS = {"saved_model": "", "litert": ".tflite", "onnx": ".onnx", "openvino": ".xml"}


def _classifier(spec: tl.BackboneSpec, **options: object) -> tl.TransferClassifier:
    keras.utils.set_random_seed(3)
    return tl.TransferClassifier(classes=CLASSES, backbone=spec, weights=None, **options)


@pytest.fixture(scope="module", params=["tinyformer", "dinov3"])
def spec(request) -> tl.BackboneSpec:
    """A transformer of Keras layers, and one of KerasHub with class and register tokens."""
    if request.param == "tinyformer":
        return TINYFORMER
    pytest.importorskip("keras_hub", reason="the extra hub is not installed")
    return tiny_hub_spec("dinov3")


@pytest.fixture(scope="module")
def photos(blobs) -> tuple[np.ndarray, np.ndarray]:
    return blobs(24, size=32)


@pytest.fixture(scope="module")
def fitted(spec, photos) -> tl.TransferClassifier:
    """Solved, then trained in the last two stages from stored tokens."""
    policy = tl.FreezePolicy.train_last(stages=2)
    classifier = _classifier(spec, freeze=policy)
    classifier.fit(*photos, epochs=1, verbose=0)
    return classifier


def test_the_plan_does_not_mention_batch_norm(fitted: tl.TransferClassifier):
    assert {stage.batch_norm for phase in fitted.plan.phases for stage in phase.stages} == {"none"}
    assert "batch norm" not in str(fitted.plan)


def test_only_the_late_blocks_train(fitted: tl.TransferClassifier):
    [_, tuned] = fitted.plan.phases

    trained = [stage.name for stage in tuned.stages if stage.trainable]
    assert tuple(trained) == fitted.backbone.stage_names[-2:]
    assert fitted.records[-1].proof.frozen > 0


def test_a_saved_classifier_gives_the_same_answers(fitted, photos, tmp_path: Path):
    path = tmp_path / "leaf.keras"
    fitted.save(path)

    loaded = tl.load_classifier(path)

    np.testing.assert_array_equal(
        loaded.predict(photos[0], verbose=0), fitted.predict(photos[0], verbose=0)
    )


def test_the_head_sees_covariances_of_projected_tokens(fitted: tl.TransferClassifier):
    assert fitted.plan.second_order_stages == fitted.backbone.stage_names[1:-1]


def test_the_head_sees_class_and_register_tokens_of_the_last_stage(fitted: tl.TransferClassifier):
    groups = feature_groups(fitted.freeze, fitted.backbone.describe())

    tokens = [(group.stage, group.width) for group in groups if group.kind == "tokens"]
    assert tokens == ([] if fitted.backbone.name == "tinyformer" else [(4, 3 * 16)])


def test_a_compiled_engine_computes_the_features_of_the_head(fitted, photos, tmp_path: Path):
    """The tokens among them, as the graph of the classifier does."""
    groups = feature_groups(fitted.freeze, fitted.backbone.describe())
    outputs = [Output.of(group) for group in groups]
    network = prefix_network(fitted.backbone, outputs)
    engine = open_engine(network, photos[0], tell=print)

    found = [np.concatenate(parts, axis=1) for parts in engine.run(iter([photos[0]]))]

    expected = np.concatenate([np.asarray(part) for part in network(photos[0])], axis=1)
    np.testing.assert_allclose(np.concatenate(found), expected, rtol=1e-3, atol=1e-3)


def test_a_head_without_the_last_stage_has_no_tokens(fitted: tl.TransferClassifier):
    stages = fitted.backbone.stage_names
    policy = tl.FreezePolicy.freeze_base(head_stages=stages[:-1])

    groups = feature_groups(policy, fitted.backbone.describe())

    assert all(group.kind != "tokens" for group in groups)


def test_the_maps_of_the_patches_average_to_what_the_stages_add(fitted, photos):
    evidence = network_of(fitted).run(photos[0][:2], [0, 1], method="stage-cam")

    assert {each.shape for each in evidence.maps} == {(2, 4, 4)}
    averages = np.stack([each.mean(axis=(1, 2)) for each in evidence.maps], axis=1)
    added = evidence.stage_logits[[0, 1], :, [0, 1]]
    np.testing.assert_allclose(averages, added, atol=1e-4)


def test_a_gradient_reaches_an_early_stage_through_the_tokens(spec, photos):
    """The head uses only the last stage, which takes the tokens of the stem but not its map."""
    classifier = _classifier(spec, freeze=tl.FreezePolicy.freeze_base(head_stages="last"))
    head = classifier.get_layer("probabilities")
    head.set_weights([np.random.default_rng(0).normal(size=w.shape) for w in head.get_weights()])

    evidence = network_of(classifier).run(
        photos[0][:1], [0], method="grad-cam", stage=spec.stage_names[0]
    )

    assert np.abs(evidence.maps[0]).max() > 0


def test_calibration_of_a_transformer_is_part_of_its_answers_and_of_its_file(
    spec, photos, blobs, tmp_path: Path
):
    classifier = _classifier(spec, freeze=tl.FreezePolicy.freeze_base())
    classifier.fit(*photos, verbose=0)
    images, labels = blobs(90, size=32, seed=5)
    labels = np.where(np.arange(90) % 10 == 0, (labels + 1) % 3, labels)
    before = classifier.predict(images, verbose=0)

    found = classifier.calibrate((images, labels), precision=0.8, verbose=0)

    after = classifier.predict(images, verbose=0)
    warmer = before ** (1 / found.temperature)
    np.testing.assert_allclose(after, warmer / warmer.sum(axis=1, keepdims=True), atol=1e-3)
    np.testing.assert_array_equal(after.argmax(axis=1), before.argmax(axis=1))
    assert found.temperature > 1  # a tenth of the labels is wrong, so the head was too sure
    classifier.save(tmp_path / "leaf.keras")
    assert tl.load_classifier(tmp_path / "leaf.keras").calibration == found


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_gives_the_answers_of_the_classifier(fitted, photos, tmp_path: Path, form: str):
    if form == "onnx":
        pytest.importorskip("onnx", reason="the extra onnx is not installed")
    path = tmp_path / f"leaf{FORMATS[form]}"

    check = fitted.export(path, form)

    assert check.passed


def _with_random_head(kind: str) -> tl.TransferClassifier:
    pytest.importorskip("keras_hub", reason="the extra hub is not installed")
    classifier = _classifier(tiny_hub_spec(kind), freeze=tl.FreezePolicy.freeze_base())
    head = classifier.get_layer("probabilities")
    numbers = np.random.default_rng(0)
    head.set_weights([numbers.normal(size=weight.shape) for weight in head.get_weights()])
    return classifier


@pytest.fixture(scope="module", params=["vit", "deit", "dinov2", "siglip", "clip", "mit"])
def other(request) -> tl.TransferClassifier:
    """A classifier on a transformer of KerasHub of another kind."""
    return _with_random_head(request.param)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_every_transformer_can_be_exported_in_each_format(other, tmp_path: Path, form: str):
    if form == "onnx":
        pytest.importorskip("onnx", reason="the extra onnx is not installed")

    check = other.export(tmp_path / f"leaf{FORMATS[form]}", form)

    assert check.passed
    assert check.photos > 0


# KerasHub's Swin layers drop a mask that is never set.
@pytest.mark.filterwarnings("ignore:Layer 'attn' .* was passed an input with a mask")
@pytest.mark.slow
def test_swin_can_be_exported_as_saved_model(tmp_path: Path):
    assert _with_random_head("swin").export(tmp_path / "leaf", "saved_model").passed


# KerasHub's Swin layers drop a mask that is never set.
@pytest.mark.filterwarnings("ignore:Layer 'attn' .* was passed an input with a mask")
@pytest.mark.slow
@pytest.mark.parametrize("form", ["litert", "onnx", "openvino"])
def test_swin_is_refused_by_converters_that_lack_its_operations(tmp_path: Path, form: str):
    classifier = _with_random_head("swin")
    path = tmp_path / f"leaf{FORMATS[form]}"

    with pytest.raises(ExportFailedError, match="Nothing was written"):
        classifier.export(path, form)

    assert not path.exists()
