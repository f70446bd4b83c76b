"""Write the page on large data sets, with numbers computed from measured costs.

    python -m benchmarks.scale_page

Reads the results of ``python -m benchmarks.driver_costs`` and ``python -m benchmarks.scale``, and
the table of ``docs/benchmarks.md``. Missing measurements are reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from typing import Annotated, Any, TypeAlias

import typer

from benchmarks.driver_costs import BACKBONE, CLASSES, COSTS
from benchmarks.markdown import markdown_table
from benchmarks.scale import BAR, MEASURED, PARTS_LEFT_OUT
from benchmarks.scale_prose import GAPS, GROWTH, OVERHEAD, PAGE
from transferleaf.features.store.file_digests import _MAX_FILES
from transferleaf.features.store.settings import DEFAULT_LIMIT
from transferleaf.features.store.shard import KEY_BYTES
from transferleaf.head.memory import DEFAULT_MEMORY, memory_in_one_piece

SIZES = (1_000_000, 10_000_000, 100_000_000)
UNKNOWN = "not measured yet"

OnRay: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
"""The results of ``python -m benchmarks.scale``."""

# Memory of a usual leading machine, and an acceptable time for solving a head.
MACHINE_BYTES = 32_000_000_000
PATIENCE_HOURS = 24

_FIRST_RUN = re.compile(r"first run, [\d,]+ to [\d,]+ photos .*? and ([\d.]+) s for 1,000 photos")
_CORES = re.compile(r"Machine: (\d+) cores")


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The costs of one photo, in bytes and seconds.

    Attributes:
        photo_seconds: From the file to stored features, on all cores of the machine together.
        machine_cores: Number of cores of that machine.
        data_set_bytes: Memory of a ``LeafDataset``.
        index_bytes: Memory of the index of one space of the store.
        spaces: Number of spaces: one per average and covariance.
        key_bytes: Memory of the photo's key.
        place_bytes: Memory of its location in bulk prediction.
        label_bytes: Memory of class distributions and weight.
        features: Number of features.
        feature_disk_bytes: Disk space of the averages and covariances.
        map_disk_bytes: Disk space of the feature map before the last two stages.
        digest_disk_bytes: Disk space of the digest of a file.
        passes: Number of passes over the features for a head.
        passes_photos: Number of photos for which the passes were counted.
        passes_classes: Number of classes of these photos.
        pass_core_seconds: CPU time of one pass; ``None`` if it was not measured.
    """

    photo_seconds: float
    machine_cores: int
    data_set_bytes: float
    index_bytes: float
    spaces: int
    key_bytes: float
    place_bytes: float
    label_bytes: float
    features: int
    feature_disk_bytes: float
    map_disk_bytes: float
    digest_disk_bytes: float
    passes: float | None = None
    passes_photos: int | None = None
    passes_classes: int | None = None
    pass_core_seconds: float | None = None

    @property
    def leading_bytes(self) -> float:
        """The memory of the leading process."""
        stored = self.spaces * self.index_bytes + self.key_bytes
        return self.data_set_bytes + stored + self.label_bytes

    @property
    def pass_bytes(self) -> float:
        """The features that a pass of the solver reads, without their keys."""
        return self.feature_disk_bytes - KEY_BYTES * self.spaces

    @property
    def core_seconds(self) -> float:
        """The CPU time from the file to stored features."""
        return self.photo_seconds * self.machine_cores

    @property
    def solver_seconds(self) -> float | None:
        """The time of solving the head in passes, on all cores of the machine."""
        if self.passes is None or self.pass_core_seconds is None:
            return None
        return self.passes * self.pass_core_seconds / self.machine_cores


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on the number of photos.

    Attributes:
        name: The limit.
        photos: The number of photos that reach it.
        breaks: Whether the work stops there, instead of only taking longer.
        then: What happens, and the remedy.
    """

    name: str
    photos: int
    breaks: bool
    then: str


def main(
    costs: Annotated[Path, typer.Option(help="JSON of benchmarks.driver_costs.")] = COSTS,
    scale: Annotated[Path, typer.Option(help="JSON of benchmarks.scale.")] = MEASURED,
    speed: Annotated[Path, typer.Option(help="The page with times.")] = Path("docs/benchmarks.md"),
    page: Path = Path("docs/scale.md"),
) -> None:
    """Write the page on large data sets."""
    known = read_costs(costs.read_text(), speed.read_text())
    on_ray = json.loads(scale.read_text()) if scale.exists() else {}
    page.write_text(write_page(known, on_ray))
    print(f"Page: {page}")


def read_costs(measured: str, speed: str) -> Costs:
    """Combine the measured costs, as JSON, with the times on the page on speed."""
    # The last table has the second-order features.
    first_runs, cores = _FIRST_RUN.findall(speed), _CORES.search(speed)
    if not first_runs or cores is None:
        raise SystemExit("docs/benchmarks.md has no line on the first run of many photos")
    names = {field.name for field in fields(Costs)}
    values = {name: value for name, value in json.loads(measured).items() if name in names}
    return Costs(photo_seconds=float(first_runs[-1]) / 1000, machine_cores=int(cores[1]), **values)


def write_page(costs: Costs, on_ray: OnRay) -> str:
    """Return the page as Markdown."""
    return PAGE.format(
        backbone=BACKBONE,
        classes=CLASSES,
        features=f"{costs.features:,}",
        spaces=costs.spaces,
        photo_ms=f"{1000 * costs.photo_seconds:.1f}",
        cores=costs.machine_cores,
        passes=passes_text(costs),
        place_bytes=f"{costs.place_bytes:,.0f}",
        on_ray="\n\n".join(on_ray_texts(on_ray)).rstrip() + "\n",
        memory=text_of(DEFAULT_MEMORY),
        costs=markdown_table(("per photo", "bytes"), cost_rows(costs)),
        sizes=markdown_table(
            ("", *(f"{size // 10**6} million photos" for size in SIZES)), size_rows(costs)
        ),
        limits=markdown_table(
            ("limit", "reached at", "what happens, what to do"), limit_rows(costs)
        ),
        first="\n".join(f"- **{size:,} photos**: {first_break(costs, size)}" for size in SIZES),
    )


def passes_text(costs: Costs) -> str:
    """Return the number of passes for a head, and the head."""
    if costs.passes is None:
        return UNKNOWN
    of = f"{costs.passes_photos:,} training photos of {costs.passes_classes} classes"
    return f"{costs.passes:.0f}, counted on {of}"


def on_ray_texts(found: OnRay) -> list[str]:
    """Return the overhead of Ray, the waiting time of workers, and the growth of costs."""
    return [
        text(found[part][-1]) if found.get(part) else f"{about}: {UNKNOWN}."
        for part, about, text in [
            ("overhead", "What a photo costs on Ray beside what it costs here", overhead_text),
            ("gaps", "How long a worker waits", gaps_text),
            ("growth", "How costs grow with the photos", growth_text),
        ]
    ]


def overhead_text(found: Mapping[str, Any]) -> str:
    """Return the cost per photo on Ray and on this machine."""
    costs, clocks = (
        {where: [run[kind] for run in runs] for where, runs in found["per_photo"].items()}
        for kind in ("cpu", "clock")
    )
    return OVERHEAD.format(
        photos=f"{found['photos']:,}",
        machine=found["machine"],
        here=f"{1000 * median(costs['here']):.1f}",
        ray=f"{1000 * median(costs['ray']):.1f}",
        runs=len(costs["here"]),
        here_range=range_text(costs["here"]),
        ray_range=range_text(costs["ray"]),
        added=f"{100 * found['cpu_added']:+.1f}",
        here_clock=f"{1000 * median(clocks['here']):.1f}",
        ray_clock=f"{1000 * median(clocks['ray']):.1f}",
        clock_added=f"{100 * found['clock_added']:+.1f}",
        verdict="within" if found["cpu_added"] <= BAR else "beyond",
        bar=f"{100 * BAR:.0f} %",
        left_out=PARTS_LEFT_OUT,
    )


def range_text(seconds: Sequence[float]) -> str:
    """Return minimum and maximum in milliseconds."""
    return f"{1000 * min(seconds):.1f} to {1000 * max(seconds):.1f}"


def gaps_text(found: Mapping[str, Any]) -> str:
    """Return how long a worker waits for its next part."""
    return GAPS.format(
        photos=f"{found['photos']:,}",
        median=f"{1000 * found['median']:.0f}",
        most=f"{1000 * found['most']:.0f}",
    )


def growth_text(found: Mapping[str, Any]) -> str:
    """Return how costs on Ray grow with the photos."""
    rows = [
        (f"{count:,}", f"{cost['cpu']:.0f}", f"{round(off, 3) + 0.0:+.1%}")
        for count, cost, off in zip(
            found["counts"], found["costs"], found["residuals"], strict=True
        )
    ]
    return GROWTH.format(
        per_photo=f"{1000 * found['per_photo']:.1f}",
        once=f"{found['once']:.0f}",
        rows=markdown_table(("photos", "CPU seconds", "deviation from the line"), rows),
    )


def cost_rows(costs: Costs) -> list[tuple[str, ...]]:
    """Return the costs of one photo."""
    return [
        ("memory: `LeafDataset` (path, name, label, leaf)", f"{costs.data_set_bytes:,.0f}"),
        (
            f"memory: index of the store, {costs.spaces} outputs of {costs.index_bytes:,.0f}",
            f"{costs.spaces * costs.index_bytes:,.0f}",
        ),
        ("memory: key, class distributions, weight", f"{costs.key_bytes + costs.label_bytes:,.0f}"),
        ("memory of the leading process, together", f"{costs.leading_bytes:,.0f}"),
        ("disk: averages and covariances", f"{costs.feature_disk_bytes:,.0f}"),
        ("disk: feature map before the last two stages", f"{costs.map_disk_bytes:,.0f}"),
        ("disk: remembered content of the file", f"{costs.digest_disk_bytes:,.0f}"),
    ]


def size_rows(costs: Costs) -> list[tuple[str, ...]]:
    """Return the costs of each number of photos."""

    def row(name: str, cells: Sequence[str]) -> tuple[str, ...]:
        return (name, *cells)

    hours = [size * costs.photo_seconds / 3600 for size in SIZES]
    core_hours = [size * costs.core_seconds / 3600 for size in SIZES]
    solver = costs.solver_seconds
    return [
        row("core hours, photos to features", [f"{value:,.1f}" for value in core_hours]),
        row(f"hours on {costs.machine_cores} cores", [f"{value:,.1f}" for value in hours]),
        row("hours on 100 cores", [f"{value / 100:,.2f}" for value in core_hours]),
        row("disk for features", [text_of(size * costs.feature_disk_bytes) for size in SIZES]),
        row(
            "disk for feature maps as well, where stages train",
            [text_of(size * costs.map_disk_bytes) for size in SIZES],
        ),
        row(
            "memory of the leading process, at least",
            [text_of(size * costs.leading_bytes) for size in SIZES],
        ),
        row(
            "memory to solve the head in one piece",
            [
                text_of(memory_in_one_piece(photos=n, features=costs.features, classes=CLASSES))
                for n in SIZES
            ],
        ),
        row("read in each pass", [text_of(size * costs.pass_bytes) for size in SIZES]),
        row(
            f"hours to solve the head in passes on {costs.machine_cores} cores, "
            "where the disk keeps up",
            [UNKNOWN if solver is None else f"{size * solver / 3600:,.1f}" for size in SIZES],
        ),
    ]


def limits(costs: Costs) -> list[Limit]:
    """Return the limits, sorted by number of photos."""
    one = memory_in_one_piece(photos=10**6, features=costs.features, classes=CLASSES) / 10**6
    found = [
        Limit(
            f"the solver's memory, {text_of(DEFAULT_MEMORY)}",
            int(DEFAULT_MEMORY / one),
            False,
            "features are read from disk in passes; `TRANSFERLEAF_HEAD_MEMORY` raises the limit",
        ),
        Limit(
            "remembered contents of files",
            _MAX_FILES,
            False,
            "the oldest are removed, so each run reads these files again",
        ),
        Limit(
            f"the store's limit, {text_of(DEFAULT_LIMIT)}, for feature maps",
            int(DEFAULT_LIMIT / (costs.map_disk_bytes + costs.feature_disk_bytes)),
            False,
            "the whole network runs in each epoch; `TRANSFERLEAF_CACHE_LIMIT` raises the limit",
        ),
        Limit(
            f"the store's limit, {text_of(DEFAULT_LIMIT)}, for features",
            int(DEFAULT_LIMIT / costs.feature_disk_bytes),
            False,
            "a run keeps its features and warns, and the next run may delete them; "
            "`TRANSFERLEAF_CACHE_LIMIT` raises the limit",
        ),
        Limit(
            f"memory of a leading machine with {text_of(MACHINE_BYTES)}",
            int(MACHINE_BYTES / costs.leading_bytes),
            True,
            "paths and the index of the store do not fit; use a larger machine, or train on a "
            "sample",
        ),
    ]
    if costs.solver_seconds is not None:
        found.append(
            Limit(
                f"{PATIENCE_HOURS} hours for the head",
                int(PATIENCE_HOURS * 3600 / costs.solver_seconds),
                True,
                "solve it on a sample; the learning curve of `tl.advise` shows whether more photos "
                "help",
            )
        )
    return sorted(found, key=lambda limit: limit.photos)


def limit_rows(costs: Costs) -> list[tuple[str, ...]]:
    """Return the table of limits."""
    return [(limit.name, f"{rounded(limit.photos):,}", limit.then) for limit in limits(costs)]


def first_break(costs: Costs, photos: int) -> str:
    """Return the first limit that a number of photos exceeds."""
    reached = [limit for limit in limits(costs) if limit.photos <= photos]
    for limit in reached:
        if limit.breaks:
            return f"{limit.name}, at {rounded(limit.photos):,}: {limit.then}."
    slower = "; ".join(limit.name for limit in reached) or "nothing"
    return f"no limit stops the work. These limits only slow it down: {slower}."


def rounded(number: int) -> int:
    """Round to two significant digits, the accuracy of the measurements."""
    return int(float(f"{number:.1e}"))


def text_of(size: float) -> str:
    """Format a number of bytes."""
    return f"{size / 1e12:,.1f} TB" if size >= 1e12 else f"{size / 1e9:,.1f} GB"


if __name__ == "__main__":
    typer.run(main)
