"""The page that tells what a fuzz run did and found."""

from __future__ import annotations

import platform

import PIL

from tests.fuzz.campaign import HANG_SECONDS, PHOTO_BYTES, Findings

_INTRODUCTION = """\
# Damaged files

Photos come from strangers, and so do model files. `make fuzz` damages good ones (bits flipped,
headers edited, pieces cut out, repeated and exchanged between formats) and has them read by
`check_photo`, `read_photo` and `load_classifier` in a process of its own. Each file must be read,
or refused by a `PhotoError` or `ModelFileError`; a crash, another error, a warning, more than
{hang:g} seconds for a photo, more than {limit:.1f} GB of memory, or memory that is not given back
is a fault, and the exit code tells. `SEED` repeats a run, `SECONDS` bounds it. A short run is among
the tests.

The worst photo that is accepted, of 89 million pixels with transparency, takes 1.1 GB on its way to
RGB. Of photos of more than 24 million pixels a process decodes one at a time.

libtiff prints a line of its own about some damaged TIFF files; that is not counted.

## The last run

Seed {seed}, {seconds:g} seconds of photos, Python {python}, Pillow {pillow}, {system}.

| | photos | model files |
|---|---|---|
"""


def page(photos: Findings, models: Findings, *, seed: int, seconds: float) -> str:
    """Write the page, in Markdown."""
    head = _INTRODUCTION.format(
        hang=HANG_SECONDS,
        limit=PHOTO_BYTES / 1e9,
        seed=seed,
        seconds=seconds,
        python=platform.python_version(),
        pillow=PIL.__version__,
        system=platform.system(),
    )
    table = zip(_cells(photos), _cells(models), strict=True)
    rows = [f"| {label} | {left} | {right} |" for (label, left), (_, right) in table]
    kinds = [f"| {name} | {count:,} |" for name, count in sorted(photos.files.items())]
    made_of = ["", "Photos were made of these:", "", "| of | files |", "|---|---|", *kinds]
    return head + "\n".join([*rows, *made_of]) + "\n"


def _cells(found: Findings) -> list[tuple[str, str]]:
    slowest, name = found.slowest
    return [
        ("files", f"{sum(found.outcomes.values()):,}"),
        ("read", f"{found.outcomes['read']:,}"),
        ("refused with a reason", f"{found.outcomes['refused']:,}"),
        ("faults", f"{found.outcomes['fault']:,}"),
        ("slowest", f"{slowest * 1000:,.0f} ms ({name})"),
        ("memory beyond the start, at most", f"{found.peak / 1e6:,.0f} MB"),
        ("growth after a tenth of the run", f"{found.growth / 1e6:,.1f} MB"),
    ]
