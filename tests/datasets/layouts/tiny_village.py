"""Small data sets in the format of TensorFlow Datasets, written by its own code."""

from __future__ import annotations

import atexit
import io
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

CLASSES = ("Mint___rust", "Mint___healthy")


def copy_of_tiny_village(root: Path) -> Path:
    """Write a prepared ``data_dir`` to ``root``: four photos in the part ``train``."""
    shutil.copytree(_prepared_village(), root, dirs_exist_ok=True)
    return root


def photo_bytes(number: int) -> bytes:
    """Return the bytes of one of the photos."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8), (40 * number, 120, 0)).save(content, "JPEG")
    return content.getvalue()


def import_tfds() -> Any:
    """Import TensorFlow Datasets, or skip the test."""
    reason = "tensorflow-datasets, the extra tfds, is not installed"
    tfds = pytest.importorskip("tensorflow_datasets", reason=reason)
    tfds.disable_progress_bar()
    return tfds


@cache
def tiny_village() -> type:
    """Return a builder with the features of ``plant_village``, named ``tiny_village``."""
    tfds = import_tfds()

    class TinyVillage(tfds.core.GeneratorBasedBuilder):
        VERSION = tfds.core.Version("1.0.2")

        def _info(self):
            return tfds.core.DatasetInfo(
                builder=self,
                features=tfds.features.FeaturesDict(
                    {
                        "image": tfds.features.Image(),
                        "image/filename": tfds.features.Text(),
                        "label": tfds.features.ClassLabel(names=CLASSES),
                    }
                ),
                supervised_keys=("image", "label"),
            )

        def _split_generators(self, dl_manager):
            return {"train": self._generate_examples()}

        def _generate_examples(self):
            for number in range(4):
                photo = io.BytesIO(photo_bytes(number))
                named = {"image": photo, "image/filename": f"image ({number}).JPG"}
                yield number, {**named, "label": CLASSES[number % 2]}

    return TinyVillage


def prepare(
    folder: Path, features: Mapping[str, Any], parts: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Path:
    """Write records with other features, each with a photo.

    Returns:
        The folder of the prepared data set.
    """
    tfds = import_tfds()
    numbered = {
        part: [(number, {"image": io.BytesIO(photo_bytes(0)), **record}) for number, record in rows]
        for part, rows in ((part, enumerate(records)) for part, records in parts.items())
    }
    builder = tfds.dataset_builders.AdhocBuilder(
        name="adhoc_leaves",
        version="1.0.0",
        features=tfds.features.FeaturesDict(features),
        split_datasets=numbered,
        data_dir=str(folder),
    )
    builder.download_and_prepare()
    return Path(builder.data_dir)


@cache
def _prepared_village() -> Path:
    # Prepared once for all tests, because it takes seconds.
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tiny_village()(data_dir=str(folder)).download_and_prepare()
    return folder
