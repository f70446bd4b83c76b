"""The page that tells what a torture run did and found."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import keras
import tensorflow as tf

from tests.torture.situations import Row

_INTRODUCTION = """\
# Reliability

`make torture` does to the command line what happens in the field, and looks at what is left. It
trains a small network on drawn photos, with calibration, report and model card; interrupts and
kills that at random moments and at its file operations; takes the disk away; empties the cache
under it; and has it classify damaged files with hostile names. A trial survives if the exit code is
the right one, no traceback is shown, and `--resume` brings the run to its end with all its files
and no others. Its weights are identical if every number of the saved model is that of the
undisturbed run. Any fault is printed, and the exit code tells. `SEED` repeats the moments,
`SECONDS` bounds the time; a situation that runs out of time is tried less often.

A full disk is simulated: from a chosen operation on, the system refuses every new file.

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
