"""The page that tells what a torture run did and found."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import keras
import tensorflow as tf

from tests.torture.situations import Row

_INTRODUCTION = """\
# Reliability

`make torture` tests the command line under faults. It trains a small network on drawn photos, with
calibration, report and model card. It interrupts and kills this run at random times and at its file
operations, simulates a full disk, empties the cache during the run, and classifies damaged files
with unusual names. A trial survives if the exit code is correct, no traceback is shown, and
`--resume` finishes the run with all its files and no others. Its weights are identical if all
numbers of the saved model are those of the undisturbed run. Faults are printed and change the exit
code. `SEED` repeats the times, `SECONDS` limits the duration; a situation that runs out of time has
fewer trials.

In the simulation of a full disk, the system rejects every new file from a chosen operation on.

## The last run

Seed {seed}, {seconds:,.0f} seconds allowed, {spent:,.0f} taken; an undisturbed run took \
{reference:.1f} s. Python {python}, Keras {keras}, TensorFlow {tensorflow}, {system}.

| situation | tried | survived | identical weights | |
|---|---|---|---|---|
"""

_PEERS = """
## Plain Keras in the same situations

The same photos, `image_dataset_from_directory` and a network of one convolution.

| situation | what Keras {keras} does |
|---|---|
"""


def page(
    rows: Sequence[Row],
    peers: Sequence[tuple[str, str]],
    *,
    seed: int,
    seconds: float,
    spent: float,
    reference: float,
) -> str:
    """Write the page, in Markdown."""
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
    beside = "".join(f"| {name} | {told} |\n" for name, told in peers)
    return head + table + _PEERS.format(keras=keras.__version__) + beside


def _cells(row: Row) -> str:
    same = f"{row.identical:,} of {row.compared:,}" if row.compared else ""
    return " | ".join([row.name, f"{row.tried:,}", f"{row.survived:,}", same, row.note])
