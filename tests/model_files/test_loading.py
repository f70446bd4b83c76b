"""A file that is not a saved classifier is refused with the reason, and no code from it is run."""

from __future__ import annotations

import io
import json
import shutil
import zipfile

import h5py
import keras
import numpy as np
import pytest

import transferleaf as tl
from transferleaf.errors import ConfigError, ModelFileError

STAGES = ("low_out", "mid_out", "high_out")


@pytest.fixture(scope="module")
def saved(tmp_path_factory, with_a_head):
    """The file of a small classifier, made once."""
    inputs = keras.Input((16, 16, 3))
    network = keras.Model(inputs, keras.layers.Conv2D(4, 3, name="conv")(inputs))
    path = tmp_path_factory.mktemp("model") / "leaf.keras"
    with_a_head(tl.TransferClassifier(classes=["a", "b"], backbone=network, weights=None)).save(
        path
    )
    return path


@pytest.fixture
def file(saved, tmp_path):
    """A copy of it, to be damaged."""
    return shutil.copy(saved, tmp_path / "leaf.keras")


def parts_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, parts, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def change_config(path, change):
    """Let ``change`` edit the configuration in the file."""
    parts = parts_of(path)
    config = json.loads(parts["config.json"])
    change(config)
    write(path, {**parts, "config.json": json.dumps(config)})


def change_weights(path, change):
    """Let ``change`` edit the weights in the file."""
    parts = parts_of(path)
    weights = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(weights, "r+") as opened:
        change(opened)
    write(path, {**parts, "model.weights.h5": weights.getvalue()})


def layers_of(config):
    return config["config"]["backbone"]["model"]["config"]["layers"]


def refusal(path):
    with pytest.raises(ModelFileError) as caught:
        tl.load_classifier(path)
    assert str(caught.value) == f"'{path}' cannot be loaded as a classifier: {caught.value.reason}"
    return caught.value.reason


def test_a_saved_classifier_is_loaded_with_its_weights(saved):
    photos = np.random.default_rng(0).integers(0, 256, (3, 20, 20, 3)).astype("uint8")

    loaded = tl.load_classifier(str(saved))

    assert isinstance(loaded, tl.TransferClassifier)
    assert loaded.classes == ("a", "b")
    expected = keras.saving.load_model(saved).predict(photos, verbose=0)
    np.testing.assert_array_equal(loaded.predict(photos, verbose=0), expected)


def test_a_users_compile_is_loaded_too(saved, tmp_path):
    classifier = keras.saving.load_model(saved)
    classifier.compile(
        keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    classifier.save(tmp_path / "mine.keras")

    loaded = tl.load_classifier(tmp_path / "mine.keras")

    assert isinstance(loaded.optimizer, keras.optimizers.SGD)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(
            lambda p: p.unlink(),
            "there is no such file, or its folder may not be entered.",
            id="missing",
        ),
        pytest.param(lambda p: (p.unlink(), p.mkdir()), "it is not a file.", id="a folder"),
        pytest.param(lambda p: p.write_bytes(b""), "the file is empty.", id="empty"),
        pytest.param(lambda p: p.write_text("hello"), "it is not a .keras file.", id="a text"),
        pytest.param(
            lambda p: p.write_bytes(p.read_bytes()[:-500]),
            "it is truncated or damaged: its table of contents cannot be read. Copy it again.",
            id="cut",
        ),
        pytest.param(
            lambda p: p.write_bytes(parts_of(p)["model.weights.h5"]),
            "it is an HDF5 file: weights alone, or a model of an older Keras; a classifier is "
            "saved as a .keras file.",
            id="weights alone",
        ),
        pytest.param(
            lambda p: write(p, {"model/data.pkl": b"", "model/version": b"3"}),
            "it is an archive of another library; it contains ['model/data.pkl', 'model/version'].",
            id="of another library",
        ),
        pytest.param(
            lambda p: write(p, {**parts_of(p), "../../evil": b"x"}),
            "it contains ['../../evil', 'config.json', 'metadata.json', 'model.weights.h5'], but a "
            "classifier's file contains config.json, metadata.json and model.weights.h5.",
            id="a way out of the folder",
        ),
        pytest.param(
            lambda p: write(p, {**parts_of(p), "metadata.json": b"["}),
            "its part 'metadata.json' is not JSON (Expecting value: line 1 column 2 (char 1)).",
            id="no JSON",
        ),
        pytest.param(
            lambda p: write(p, {**parts_of(p), "config.json": b"[1]"}),
            "its part 'config.json' is not a JSON object.",
            id="no object",
        ),
        pytest.param(
            lambda p: change_config(p, lambda c: c["config"].update(transferleaf_version="99.0")),
            f"transferleaf_version='99.0' must be at most {tl.__version__}, the version that is "
            "installed; to load what a later one saved: pip install --upgrade "
            '"transferleaf>=99.0".',
            id="of a later version",
        ),
        pytest.param(
            lambda p: keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(p),
            "it contains a Keras model of the class 'Sequential', not a transferleaf classifier; "
            "keras.saving.load_model reads such files.",
            id="another Keras model",
        ),
    ],
)
def test_another_file_is_refused_with_the_reason(file, spoil, reason):
    spoil(file)

    assert refusal(file) == reason


@pytest.mark.parametrize("name", ["leaf", "leaf.zip", "leaf.h5", "leaf.KERAS"])
def test_a_classifier_of_another_name_asks_for_its_own(file, name):
    renamed = file.rename(file.with_name(name))

    assert refusal(renamed) == "its name does not end in .keras; rename it if it is one."


def test_an_invalid_file_name_is_refused(tmp_path):
    reason = refusal(tmp_path / f"{'x' * 300}.keras")

    assert reason == "there is no such file, or its folder may not be entered."


@pytest.mark.parametrize("offset", [6, 8, 42, 45])
def test_a_damaged_table_of_contents_is_refused(file, offset):
    content = bytearray(file.read_bytes())
    content[content.index(b"PK\x01\x02") + offset] ^= 0x81
    file.write_bytes(content)

    assert "damaged" in refusal(file)


def test_a_version_without_end_is_refused(file):
    change_config(
        file, lambda config: config["config"].update(transferleaf_version="9" * 5000 + ".0")
    )

    assert refusal(file).endswith("must be a version such as '0.1.0'.")


def test_a_bomb_is_not_unpacked(file):
    write(file, {**parts_of(file), "config.json": b" " * 50_000_000}, zipfile.ZIP_DEFLATED)

    assert "its part 'config.json' would grow 1,0" in refusal(file)


def test_json_that_is_nested_without_end_is_refused(file):
    write(file, {**parts_of(file), "config.json": b"[" * 200_000})

    assert refusal(file).startswith("its part 'config.json' is not JSON (")


def test_a_flipped_bit_is_found_by_its_checksum(file):
    content = bytearray(file.read_bytes())
    content[content.index(b"transferleaf_version") + 3] ^= 0x01
    file.write_bytes(content)

    assert refusal(file).startswith("its part 'config.json' is damaged (Bad CRC-32")


@pytest.mark.parametrize(
    "kind", ["Lambda", "TorchModuleWrapper", "TFSMLayer", "StringLookup", "IndexLookup"]
)
def test_layers_that_contain_code_or_read_files_are_refused(file, kind):
    change_config(file, lambda config: layers_of(config)[-1].update(class_name=kind))

    assert refusal(file) == (
        f"it contains '{kind}', which runs code or reads files that the file names. Code from a "
        "file is never run."
    )


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("builtins", "eval"),
        ("keras.utils", "get_file"),
        ("keras.src.utils.file_utils", "get_file"),
        ("keras.layersomething", "Conv2D"),
        ("keras.models", "function"),
        ("nobody.knows", "MyLayer"),
        (None, "Conv2D"),
    ],
)
def test_only_classes_of_keras_are_created(file, module, name):
    def change(config):
        layers_of(config)[-1].update(module=module, class_name=name, registered_name=name)

    change_config(file, change)

    assert refusal(file) == (
        f"it names '{module}.{name}', which is neither Keras' nor registered with Keras. If you "
        "trust its package, import that first; it registers it."
    )


def test_nothing_is_imported_for_a_file(file, tmp_path, monkeypatch):
    (tmp_path / "trap.py").write_text("raise SystemExit('the file ran code')")
    monkeypatch.syspath_prepend(tmp_path)

    change_config(
        file, lambda config: layers_of(config)[-1].update(module="trap", class_name="Conv2D")
    )

    assert refusal(file).startswith("it names 'trap.Conv2D'")


def test_a_class_that_is_registered_may_be_loaded(tmp_path):
    @keras.saving.register_keras_serializable("tests_of_loading")
    class Double(keras.layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    inputs = keras.Input((16, 16, 3))
    x = Double()(keras.layers.Conv2D(4, 3)(inputs))
    tl.TransferClassifier(classes=["a", "b"], backbone=keras.Model(inputs, x), weights=None).save(
        tmp_path / "leaf.keras"
    )

    loaded = tl.load_classifier(tmp_path / "leaf.keras")

    assert "Double" in {type(layer).__name__ for layer in loaded.backbone.model.layers}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            lambda h5: h5.__setitem__("out", h5py.ExternalLink("/etc/passwd", "/")),
            "its weights contain a link at '/out'.",
            id="a link",
        ),
        pytest.param(
            lambda h5: h5.create_dataset("out", (4,), "u1", external=[("/etc/passwd", 0, 4)]),
            "its weights refer to another file at '/out'.",
            id="numbers of another file",
        ),
    ],
)
def test_weights_that_refer_to_other_files_are_refused(file, change, reason):
    change_weights(file, change)

    assert refusal(file) == reason


def test_weights_that_declare_more_than_the_file_contains_are_refused(file):
    change_weights(file, lambda h5: h5.create_dataset("huge", (10**12,), "f4", chunks=(1024,)))

    assert refusal(file).startswith("its weights declare 4,000,000,")


def test_weights_that_do_not_fit_are_refused_with_the_versions(file):
    def drop(h5):
        for name in list(h5):
            del h5[name]

    change_weights(file, drop)

    reason = refusal(file)

    assert reason.startswith(f"Keras {keras.__version__} cannot load it (")
    assert reason.endswith(f"; Keras {keras.__version__} saved it.")


def test_loading_with_keras_reports_a_later_version_too(file):
    change_config(file, lambda config: config["config"].update(transferleaf_version="99.0"))

    with pytest.raises(ConfigError, match=r"transferleaf_version='99\.0' must be at most"):
        keras.saving.load_model(file)


def test_a_file_of_the_first_version_is_loaded(file):
    change_config(file, lambda config: config["config"].pop("skipped_photos"))

    assert tl.load_classifier(file).skipped_photos == ()
