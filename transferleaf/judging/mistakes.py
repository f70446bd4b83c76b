"""The most confident wrong predictions of a classifier, with pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from transferleaf.explanations.explaining import explain_photos
from transferleaf.judging.answers import Answers
from transferleaf.reports.set_report import Mistake
from transferleaf.text.progress import Reporter

MOST = 24
"""Maximum number of mistakes, to limit the size of the page."""

_SIDE = 256  # pixels: spots are visible, and 24 pairs take about half a megabyte
_QUALITY = 80


def worst_mistakes(
    classifier: Any, answers: Answers, classes: Sequence[str], reporter: Reporter
) -> tuple[Mistake, ...]:
    """Return the wrong predictions with the highest probability.

    Args:
        classifier: A ``TransferClassifier``.
        answers: The predictions.
        classes: Its classes.
        reporter: Shows progress.

    Returns:
        At most ``MOST`` mistakes, the most confident first.

    Raises:
        PhotoError: A photo was damaged or removed in the meantime.
    """
    rows = surest_wrong(answers)
    paths = [answers.photos.paths[row] for row in rows]
    called = [int(answers.predicted[row]) for row in rows]
    with reporter.bar("explaining mistakes", len(rows)) as move:
        explained = list(
            explain_photos(classifier, paths, called, progress=lambda done, _: move(done))
        )
    return tuple(
        Mistake(
            photo=answers.photos.names[row],
            true=classes[answers.truth[row]],
            predicted=classes[number],
            probability=float(answers.probabilities[row, number]),
            true_probability=float(answers.probabilities[row, answers.truth[row]]),
            thumbnail=_jpeg(explanation.photo),
            overlay=_jpeg(explanation.overlay()),
            attention_on_leaf=explanation.on_leaf,
        )
        for row, number, explanation in zip(rows, called, explained, strict=True)
    )


def surest_wrong(answers: Answers) -> list[int]:
    """Return the indices of the wrong predictions, the most confident first."""
    wrong = np.flatnonzero(answers.predicted != answers.truth)
    order = np.argsort(-answers.confidence[wrong], kind="stable")
    rows: list[int] = wrong[order][:MOST].tolist()
    return rows


def _jpeg(pixels: NDArray[np.uint8]) -> bytes:
    picture = Image.fromarray(pixels)
    picture.thumbnail((_SIDE, _SIDE))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
