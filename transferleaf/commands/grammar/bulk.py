"""The options ``--on`` and ``--parquet``, for large data sets, optionally on Ray."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from transferleaf.commands.grammar.photo_paths import STDIN
from transferleaf.text.terminal import Terminal
from transferleaf.text.wording import counted

if TYPE_CHECKING:
    from transferleaf.classifier import TransferClassifier

On = Annotated[
    str | None,
    typer.Option(metavar="CLUSTER", help='Where to run: "ray", or the address of a Ray cluster.'),
]


def predict_in_bulk(
    classifier: TransferClassifier,
    words: Iterable[str],
    folder: str,
    *,
    on: str | None,
    top_k: int,
    stdin: TextIO,
) -> bool:
    """Write predictions to a folder of Parquet files. The same call continues after an interrupt.

    Args:
        classifier: The classifier.
        words: Files, folders, patterns, lists or URLs of photos; ``-`` for such lines on ``stdin``.
        folder: The path or URL of the folder.
        on: Where to run. ``None``: on this machine.
        top_k: Number of classes per photo.
        stdin: The input for ``-``.

    Returns:
        Whether every photo has a prediction.
    """
    from transferleaf.scaling import predict_photos_to

    console = Terminal(stderr=True, highlight=False)

    def tell(done: int, total: int) -> None:
        console.print(f"{done:,} of {total:,} photos")

    found = predict_photos_to(
        classifier, list(_spelt_out(words, stdin)), folder, on=on, top_k=top_k, progress=tell
    )
    unread = f", {found.bad:,} of them without a prediction" if found.bad else ""
    files = counted(len(found.parts), "file")
    console.print(f"{counted(found.photos, 'photo')}{unread}, in {files} in {found.folder!r}")
    return not found.bad


def _spelt_out(words: Iterable[str], stdin: TextIO) -> Iterator[str]:
    for word in words:
        if word == STDIN:
            yield from (name for line in stdin if (name := line.rstrip("\r\n")))
        else:
            yield word
