"""The page with the results of a torture run."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import keras
import tensorflow as tf

from tests.torture.situations import Row

_INTRODUCTION = """\
# Reliability

`make torture` disturbs the command line and checks the result. It trains a small network on drawn
photos, with calibration, report and model card. It interrupts and kills this run at random moments
and at its file operations, fills the disk, and empties the cache. It also classifies damaged files
with hostile names.

A trial succeeds if the exit code is correct, no traceback is shown, and `--resume` completes the
run with all of its files and no others. The weights are identical if all numbers in the saved model
are those of the undisturbed run. Any failure is printed, and the exit code is 1. `SEED` repeats the
moments, and `SECONDS` limits the time: a situation that runs out of time is tried less often.

A full disk is simulated: from a chosen operation on, the system refuses all new files. Two trials
run at a time.

## The last run

Seed {seed}, limit {seconds:,.0f} s, duration {spent:,.0f} s. An undisturbed run took
{reference:.1f} s. Python {python}, Keras {keras}, TensorFlow {tensorflow}, {system}.

| situation | trials | succeeded | identical weights | |
|---|---|---|---|---|
"""

_PEERS = """
## Plain Keras in the same situations

The same photos with `image_dataset_from_directory` and a network with one convolution, and with
transferleaf.

| situation | Keras {keras} | transferleaf |
|---|---|---|
"""


def page(
    rows: Sequence[Row],
    peers: Sequence[tuple[str, str, str]],
    *,
    seed: int,
    seconds: float,
    spent: float,
    reference: float,
) -> str:
    """Write the page as Markdown."""
    head = _INTRODUCTION.format(
        seed=seed,
        seconds=seconds,
        spent=spent,
        reference=reference,
        python=platform.python_version(),
        keras=keras.__version__,
        tensorflow=tf.__version__,
        system=platform.system(),
    )
    table = "".join(f"| {_cells(row)} |\n" for row in rows)
    if not peers:
        return head + table
    beside = "".join(f"| {' | '.join(told)} |\n" for told in peers)
    return head + table + _PEERS.format(keras=keras.__version__) + beside


def _cells(row: Row) -> str:
    same = f"{row.identical:,} of {row.compared:,}" if row.compared else ""
    return " | ".join([row.name, f"{row.tried:,}", f"{row.survived:,}", same, row.note])
