"""Growth of time and memory with the number of photos, for a frozen base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.markdown import markdown_table
from benchmarks.speed.bench import Bench, Outcome
from benchmarks.speed.job import Job
from benchmarks.speed.lines import Line, below, line_through
from benchmarks.speed.photos import Selection
from benchmarks.speed.rows.sides import LITE, Section, gigabytes, ours, own, seconds
from benchmarks.speed.scale import Scale

OFF_THE_LINE = 0.1
GIGABYTES = 2


def counts(bench: Bench, scale: Scale) -> Section:
    """Measure first and second run for several numbers of photos."""
    job = Job(task="fit", backbone=LITE, weights="imagenet", image_size=scale.image_size)
    measured = {}
    for count in scale.counts:
        selection = Selection(layout="counted", photos=count)
        measurement = ours(job, selection, repeats=scale.repeats, processes=2)
        measured[count] = bench.in_turn({"ours": measurement})
    return Section(lines=(_straight(measured),), detail=_table(measured))


def memory(bench: Bench, scale: Scale) -> Section:
    """Measure a large number of photos."""
    # The number of features does not depend on the size of the photos.
    job = Job(task="fit", backbone=LITE, weights="imagenet", image_size=scale.memory_image_size)
    selection = Selection(layout="counted", photos=scale.memory_photos)
    measured = bench.in_turn({"ours": ours(job, selection, repeats=1, processes=2)})
    lines = []
    for process, name in enumerate(("first", "second")):
        work = f"frozen base, {scale.memory_photos:,} photos at {job.image_size} px, {name} run"
        used = own(measured, gigabytes(process))
        about = "memory beyond the framework's"
        line = below(f"{work}, memory", used, GIGABYTES, unit="GB", what=about)
        lines += [line, Line(work=work, ours=own(measured, seconds(process)).told("s"), other="")]
    return Section(lines=tuple(lines))


def _straight(measured: Mapping[int, Mapping[str, Outcome]]) -> Line:
    line = Line(
        work=f"frozen base, {LITE}, first run, {min(measured):,} to {max(measured):,} photos",
        ours="",
        other="a straight line",
        bar=f"at most {OFF_THE_LINE:.0%} off the line",
    )
    figures = {count: own(outcomes, seconds(0)) for count, outcomes in measured.items()}
    if reason := next((f.missing for f in figures.values() if f.missing), ""):
        return replace(line, ours=reason)
    fitted = line_through(list(figures), [f.median for f in figures.values()])
    return replace(
        line,
        ours=f"{fitted.at_zero:.1f} s and {1000 * fitted.slope:.2f} s for 1,000 photos",
        compared=f"{fitted.farthest:.1%} off at most",
        met=fitted.farthest <= OFF_THE_LINE,
    )


def _table(measured: Mapping[int, Mapping[str, Outcome]]) -> str:
    if any(outcomes["ours"].missing for outcomes in measured.values()):
        return ""
    header = ["photos", "first run", "second run", "memory, first run", "memory, second run"]
    rows = []
    for count, outcomes in measured.items():
        times = [own(outcomes, seconds(process)).told("s") for process in (0, 1)]
        peaks = [own(outcomes, gigabytes(process)).told("GB") for process in (0, 1)]
        rows.append([f"{count:,}", *times, *peaks])
    return markdown_table(header, rows) + "\n"
