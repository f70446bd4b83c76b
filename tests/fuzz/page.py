"""The page that tells what a fuzz run did and found."""

from __future__ import annotations

import platform

import PIL

from tests.fuzz.campaign import HANG_SECONDS, PHOTO_BYTES, Findings

_INTRODUCTION = """\
# Damaged files

Photos come from strangers, and so do model files, tables and folders. `make fuzz` damages good
ones (bits flipped, headers edited, pieces cut out, repeated and exchanged between formats, cells of
tables rewritten), draws folder trees out of names that people give, and has them read by
`check_photo`, `read_photo`, `load_classifier` and `open_leaves` in a process of its own. Each must
be read, or refused by an error of transferleaf. No tree may be read as classes that are parts, or
that are one name to people, and `predict` must find all photos of what is read. A crash, another
error, a warning, more than {hang:g} seconds for a photo, more than {limit:.1f} GB of memory, or
memory that is not given back is a fault, and the exit code tells. `SEED` repeats a run, `SECONDS`
bounds it. A short run is among the tests.

The worst photo that is accepted, of 89 million pixels with transparency, takes 1.1 GB on its way to
RGB. Of photos of more than 24 million pixels a process decodes one at a time.

libtiff prints a line of its own about some damaged TIFF files; that is not counted.

## The last run

Seed {seed}, {seconds:g} seconds of photos, Python {python}, Pillow {pillow}, {system}.

"""


def page(campaigns: dict[str, Findings], *, seed: int, seconds: float) -> str:
    """Write the page, in Markdown; photos come first among the campaigns, by name."""
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
    made_of = ["", "Photos were made of these:", "", "| of | files |", "|---|---|", *kinds]
    return head + "\n".join([*heading, *rows, *made_of]) + "\n"


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
