"""The page with the results of a fuzz run."""

from __future__ import annotations

import platform

import PIL

from tests.fuzz.campaign import HANG_SECONDS, PHOTO_BYTES, Findings

_INTRODUCTION = """\
# Fuzzing

`make fuzz` tests how the library handles invalid input:

- Photos, model files and tables are damaged: bits are flipped, headers are edited, pieces are
  removed, repeated and exchanged between formats, cells of tables are replaced. `check_photo`,
  `read_photo`, `load_classifier` and `open_leaves` read them.
- Folder trees are drawn at random from common names of folders and files. `open_leaves` reads
  them. Parts of a data set must not become classes, nor spellings of one name, and `predict` must
  find all photos.
- Arrays, tensors, lists and streams of images, labels and weights are drawn at random: number
  types, shapes, values that are infinite, NaN or out of range, and objects that are not arrays.
  `fit` (also as `validation_data`), `evaluate`, `predict` and `calibrate` get them. Valid data
  must be accepted, and all results must be finite. Invalid data must be refused, and the weights
  must not change.

A separate process reads each file. The result must be an answer or an error of transferleaf. A
crash, any other error, a warning, more than {hang:g} seconds of work for a photo, more than
{limit:.1f} GB of memory, or a memory leak is a fault, and the exit code is 1. `SEED` repeats a
run, `SECONDS` limits it. The tests include a short run.

The largest accepted photo, 89 million pixels with transparency, needs 1.1 GB to decode. A process
decodes photos of more than 24 million pixels one at a time.

## The last run

Seed {seed}, {seconds:g} seconds, Python {python}, Pillow {pillow}, {system}.

"""


def page(campaigns: dict[str, Findings], *, seed: int, seconds: float) -> str:
    """Write the page as Markdown. Photos come first, then other campaigns by name."""
    head = _INTRODUCTION.format(
        hang=HANG_SECONDS,
        limit=PHOTO_BYTES / 1e9,
        seed=seed,
        seconds=seconds,
        python=platform.python_version(),
        pillow=PIL.__version__,
        system=platform.system(),
    )
    columns = [dict(_cells(found)) for found in campaigns.values()]
    heading = [f"| | {' | '.join(campaigns)} |", f"|---|{'---|' * len(columns)}"]
    labels = list(columns[0])
    rows = [f"| {label} | {' | '.join(cells[label] for cells in columns)} |" for label in labels]
    photos = next(iter(campaigns.values()))
    kinds = [f"| {name} | {count:,} |" for name, count in sorted(photos.files.items())]
    made_of = ["", "The photos were made from:", "", "| format | files |", "|---|---|", *kinds]
    return head + "\n".join([*heading, *rows, *made_of]) + "\n"


def _cells(found: Findings) -> list[tuple[str, str]]:
    slowest, name = found.slowest
    return [
        ("files", f"{sum(found.outcomes.values()):,}"),
        ("read", f"{found.outcomes['read']:,}"),
        ("refused with an error", f"{found.outcomes['refused']:,}"),
        ("faults", f"{found.outcomes['fault']:,}"),
        ("slowest", f"{slowest * 1000:,.0f} ms ({name})"),
        ("largest increase in memory", f"{found.peak / 1e6:,.0f} MB"),
        ("increase after the first tenth of the run", f"{found.growth / 1e6:,.1f} MB"),
    ]
