"""Computation of explanations from photos and a classifier."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from transferleaf.datasets.photos.decoding import Pixels, read_photo
from transferleaf.errors import ConfigError, Found
from transferleaf.explanations.explanation import Explanation, Method
from transferleaf.explanations.network import (
    PREDICTED,
    Evidence,
    Explainable,
    ExplainedNetwork,
    network_of,
)
from transferleaf.process.forks import about_to_work
from transferleaf.scenes.leaf_mask import find_leaf
from transferleaf.training.checks import check_trained
from transferleaf.training.feeding.pixel_values import (
    check_pixels,
    looks_like_unit_range,
    warn_of_unit_range,
)

DEFAULT_METHOD: Method = "stage-cam"

_SHOWN_SIDE = 640  # pixels: spots are visible, and a page with many photos stays small

Floats = npt.NDArray[np.float32]


def explain_photo(
    classifier: Explainable,
    photo: str | PathLike[str] | npt.NDArray[Any],
    *,
    class_name: str | None = None,
    method: Method = DEFAULT_METHOD,
    stage: str | None = None,
) -> Explanation:
    """Compute which parts of a photo are evidence for a class.

    Args:
        classifier: A trained ``TransferClassifier``. It does not change.
        photo: A file, or pixels of shape ``(height, width, 3)``, RGB in [0, 255].
        class_name: The class to explain. Default: the most probable class.
        method: ``"stage-cam"`` adds the exact contributions of all stages that feed the head.
            ``"grad-cam"`` is Grad-CAM on one stage, by default the last.
        stage: Only show this stage.

    Returns:
        The explanation, with a heat map. ``save`` writes a picture.

    Raises:
        ConfigError: An argument has an invalid value.
        NotTrainedError: The classifier is not trained.
        PhotoError: The file cannot be read as a photo.

    Source:
        Class activation maps: Zhou et al. (2016), arXiv:1512.04150, here on every stage. Grad-CAM:
        Selvaraju et al. (2017), arXiv:1610.02391.
    """
    about_to_work()
    number = PREDICTED if class_name is None else _class_number(classifier, class_name)
    check_trained(classifier, "an explanation")
    network = network_of(classifier)
    if isinstance(photo, (str, PathLike)):
        shown, seen = _read(Path(photo), classifier.backbone.image_size)
    else:
        seen = _checked(photo)
        shown = np.round(seen).clip(0, 255).astype(np.uint8)
    evidence = network.run(seen[None], [number], method=method, stage=stage)
    return _described(classifier, network, evidence, 0, shown, method=method, stage=stage)


def explain_photos(
    classifier: Explainable,
    paths: Sequence[str | PathLike[str]],
    class_numbers: Sequence[int] | None = None,
    *,
    method: Method = DEFAULT_METHOD,
    batch_size: int = 8,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Explanation]:
    """Explain many photo files, batch by batch.

    Args:
        classifier: A trained ``TransferClassifier``. It does not change.
        paths: The files.
        class_numbers: The class to explain in each photo. Default: the most probable one.
        method: See ``explain_photo``.
        batch_size: Number of photos per batch.
        progress: Called after each batch with the numbers of finished photos and of all photos.

    Yields:
        One explanation for each path, in order.

    Raises:
        ConfigError: ``class_numbers`` and ``paths`` have different lengths.
        PhotoError: A file cannot be read as a photo. Earlier batches were explained.
    """
    about_to_work()
    numbers = _checked_numbers(classifier, class_numbers, len(paths))
    check_trained(classifier, "an explanation")
    network = network_of(classifier)
    for start in range(0, len(paths), batch_size):
        of_batch = slice(start, start + batch_size)
        photos = [_read(Path(path), classifier.backbone.image_size) for path in paths[of_batch]]
        seen = np.stack([pixels for _, pixels in photos])
        evidence = network.run(seen, numbers[of_batch], method=method)
        for at, (shown, _) in enumerate(photos):
            yield _described(classifier, network, evidence, at, shown, method=method, stage=None)
        if progress is not None:
            progress(start + len(photos), len(paths))


def heatmap_of(maps: Sequence[Floats], height: int, width: int) -> Floats:
    """Add the maps of stages, set negative evidence to 0, and scale the maximum to 1.

    Args:
        maps: Each ``(rows, columns)``; their sizes may differ.
        height: Height of the photo, in pixels.
        width: Width of the photo, in pixels.

    Returns:
        Shape ``(height, width)``, in [0, 1]; all 0 if there is no evidence for the class.

    >>> heatmap_of([np.array([[-1, 2]], "float32"), np.array([[2]], "float32")], 1, 2).tolist()
    [[0.25, 1.0]]
    """
    stretched = [
        np.asarray(Image.fromarray(each).resize((width, height), Image.Resampling.BILINEAR))
        for each in maps
    ]
    heat = np.maximum(np.sum(stretched, axis=0, dtype=np.float32), 0)
    strongest = max(float(heat.max()), float(np.finfo(np.float32).tiny))
    return np.asarray(heat / strongest, np.float32)


def _described(
    classifier: Explainable,
    network: ExplainedNetwork,
    evidence: Evidence,
    at: int,
    shown: Pixels,
    *,
    method: Method,
    stage: str | None,
) -> Explanation:
    logits = evidence.logits[at].astype(np.float64)
    explained = int(evidence.explained[at])
    rival = int(np.where(np.arange(len(logits)) == explained, -np.inf, logits).argmax())
    difference = evidence.stage_logits[at, :, explained] - evidence.stage_logits[at, :, rival]
    if method == "grad-cam" and stage is None:
        stage = network.head_stage_names[-1]
    heatmap = heatmap_of([each[at] for each in evidence.maps], *shown.shape[:2])
    return Explanation(
        photo=shown,
        heatmap=heatmap,
        class_name=classifier.classes[explained],
        probability=float(evidence.probabilities[at, explained]),
        rival=classifier.classes[rival],
        method=method,
        stage=stage,
        on_leaf=_share_on_leaf(heatmap, shown),
        stage_evidence=tuple(zip(network.head_stage_names, map(float, difference), strict=True)),
        bias=float(evidence.bias[at, explained] - evidence.bias[at, rival]),
    )


def _share_on_leaf(heatmap: Floats, shown: Pixels) -> float | None:
    leaf = find_leaf(shown)
    total = float(heatmap.sum(dtype=np.float64))
    if leaf is None or total == 0:
        return None
    return float(heatmap[leaf].sum(dtype=np.float64)) / total


def _read(path: Path, image_size: int) -> tuple[Pixels, Pixels]:
    """Read a photo for display and, as ``predict_photos`` does, for the network."""
    whole = Image.fromarray(read_photo(path))
    whole.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE), Image.Resampling.BILINEAR)
    return np.asarray(whole), read_photo(path, image_size)


def _checked(photo: npt.NDArray[Any]) -> npt.NDArray[Any]:
    pixels = np.asarray(photo)
    if pixels.ndim != 3 or pixels.shape[-1] != 3 or pixels.size == 0:
        found = Found(f"shape {pixels.shape}")
        raise ConfigError("photo", found, "be a file or have shape (height, width, 3)")
    check_pixels(pixels[None], "photo")
    warn_of_unit_range(photo=looks_like_unit_range(pixels[None]))
    return pixels


def _class_number(classifier: Explainable, class_name: str) -> int:
    if class_name in classifier.classes:
        return classifier.classes.index(class_name)
    near = difflib.get_close_matches(class_name, classifier.classes, n=1)
    hint = f"{near[0]!r} is the nearest" if near else f"it has {list(classifier.classes)}"
    raise ConfigError("class_name", class_name, f"be one of the classifier's classes; {hint}")


def _checked_numbers(
    classifier: Explainable, class_numbers: Sequence[int] | None, photos: int
) -> list[int]:
    if class_numbers is None:
        return [PREDICTED] * photos
    numbers, classes = [int(number) for number in class_numbers], len(classifier.classes)
    if len(numbers) != photos or not all(0 <= number < classes for number in numbers):
        must = f"be {photos} class indices, one for each photo, each from 0 to {classes - 1}"
        raise ConfigError("class_numbers", numbers, must)
    return numbers
