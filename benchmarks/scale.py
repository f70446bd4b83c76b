"""Measure bulk work: the overhead of Ray per photo, and the growth of costs with the photos.

    python -m benchmarks.scale draw      --folder DIR --photos 20000
    python -m benchmarks.scale overhead  --folder DIR --photos 8000
    python -m benchmarks.scale gaps
    python -m benchmarks.scale growth    --folder DIR --counts 1000 5000 20000
    python -m benchmarks.scale show

``overhead`` predicts the same photos in this process and by one Ray worker with the same cores, in
turns. Only photos in the middle of a call are compared, because TensorFlow, the engine and Ray
start during the first parts. The target is 15 % per photo. ``gaps`` measures how long a worker
waits between two parts of 1,024 photos. ``growth`` predicts increasing numbers of photos on Ray,
each in a separate process, and fits a line; residuals are relative to the cost.

Costs are CPU seconds of the run and of all Ray processes, which other work on the machine hardly
affects. Wall-clock times, which need an idle machine, are also reported. Results are added to the
JSON file, so each part can run separately. ``show`` prints them, and ``benchmarks.scale_page``
writes them to the docs. Measuring CPU time requires ``psutil``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.made_head import with_made_head
from benchmarks.processors import Processors
from transferleaf.scaling.parts import Part

if TYPE_CHECKING:
    from transferleaf import TransferClassifier

BACKBONE = "efficientnet_lite0"
IMAGE_SIZE = 224
CLASSES = ("Bean___Rust", "Bean___healthy", "Corn___Rust", "Corn___healthy")
BAR = 0.15
PARTS_LEFT_OUT = 2
MEASURED = Path("benchmarks/scale_measured.json")


def draw(arguments: argparse.Namespace) -> None:
    """Draw an eighth of the photos, and save each in eight rotated and mirrored forms.

    The content of a photo does not affect its cost, and drawing takes ten times as long as
    predicting.
    """
    from PIL import Image

    from transferleaf.drawing import DRAWN_CLASSES, draw_leaves

    folder = Path(arguments.folder)
    each = -(-arguments.photos // ((1 + len(Image.Transpose)) * len(DRAWN_CLASSES)))
    draw_leaves(folder / "drawn", photos_per_class=each, image_size=256)
    for path in sorted((folder / "drawn").rglob("*.jpg")):
        photo = Image.open(path)
        for turn in Image.Transpose:
            turned = folder / turn.name.lower() / path.relative_to(folder / "drawn")
            turned.parent.mkdir(parents=True, exist_ok=True)
            photo.transpose(turn).save(turned, quality=92)


def overhead(arguments: argparse.Namespace) -> None:
    paths = _paths(arguments)
    classifier = _classifier(arguments)
    runs: dict[str, list[dict[str, float]]] = {"here": [], "ray": []}
    for turn in range(arguments.repeats):
        for where in sorted(runs, reverse=turn % 2 == 1):
            cost = _in_the_middle(classifier, paths, None if where == "here" else where)
            runs[where].append(cost)
            told = ", ".join(f"{1000 * cost[kind]:.2f} ms of {kind}" for kind in ("cpu", "clock"))
            print(f"{where}: {told} a photo", file=sys.stderr)
    added = {
        f"{kind}_added": median(
            ray[kind] / here[kind] - 1 for here, ray in zip(runs["here"], runs["ray"], strict=True)
        )
        for kind in ("cpu", "clock")
    }
    _keep(arguments, "overhead", {"photos": len(paths), "per_photo": runs, **added})


def _in_the_middle(
    classifier: TransferClassifier, paths: Sequence[Path], on: str | None
) -> dict[str, float]:
    """Return CPU and wall-clock seconds per photo, after the first parts."""
    marks: list[tuple[int, float, float]] = []
    with Processors() as processors:

        def mark(done: int, total: int) -> None:
            marks.append((done, time.process_time() + processors.look(), time.perf_counter()))

        _predict(classifier, paths, on, mark)
    if len(marks) <= PARTS_LEFT_OUT:
        sys.exit(
            f"{len(paths)} photos make {len(marks)} parts; more than {PARTS_LEFT_OUT} are needed"
        )
    (begin, *before), (end, *after) = marks[PARTS_LEFT_OUT - 1], marks[-1]
    cpu, clock = ((b - a) / (end - begin) for a, b in zip(before, after, strict=True))
    return {"cpu": cpu, "clock": clock}


def gaps(arguments: argparse.Namespace) -> None:
    from transferleaf.scaling.parts import PHOTOS_PER_PART, cut
    from transferleaf.scaling.photo_locations import PhotoLocation
    from transferleaf.scaling.running import run
    from transferleaf.scaling.workers import Workers

    count = 30
    photos = [
        PhotoLocation(f"{number:06}.jpg", f"/{number:06}.jpg", "1.0 10000")
        for number in range(count * PHOTOS_PER_PART)
    ]
    found = run(Timed(), list(cut(photos)), on="ray", workers=Workers(cpus=_cores(), max_workers=1))
    times = sorted(times for _, times in found)
    waits = [begin - end for (_, end), (begin, _) in pairwise(times)]
    _keep(
        arguments, "gaps", {"photos": PHOTOS_PER_PART, "median": median(waits), "most": max(waits)}
    )


class Timed:
    """A task that works for a moment, and returns its start and end."""

    on_tensorflow = False

    def open(self, threads: int | None) -> Callable[[Part], tuple[float, float]]:
        """Return a function that processes a part."""

        def work(part: Part) -> tuple[float, float]:
            began = time.perf_counter()
            time.sleep(0.5)
            return began, time.perf_counter()

        return work


def growth(arguments: argparse.Namespace) -> None:
    counts = sorted(arguments.counts)
    with _cluster():
        costs = [_measured(arguments, count) for count in counts]
    slope, once = np.polyfit(counts, [cost["cpu"] for cost in costs], 1)
    off = [
        float((cost["cpu"] - (once + slope * count)) / cost["cpu"])
        for count, cost in zip(counts, costs, strict=True)
    ]
    line = {"counts": counts, "costs": costs, "per_photo": float(slope), "once": float(once)}
    _keep(arguments, "growth", {**line, "residuals": off})


def show(arguments: argparse.Namespace) -> None:
    found = json.loads(arguments.json.read_text())
    for part in found.get("overhead", []):
        verdict = "within" if part["cpu_added"] <= BAR else "beyond"
        print(
            f"Ray adds {part['cpu_added']:+.1%} of processor time per photo ({part['photos']:,} "
            f"photos), {verdict} the bar of {BAR:.0%}; by the clock {part['clock_added']:+.1%}; "
            f"{part['machine']}"
        )
    for part in found.get("gaps", []):
        print(
            f"A worker waits {part['median'] * 1000:.0f} ms between parts of {part['photos']:,} "
            f"photos, {part['most'] * 1000:.0f} ms at most; {part['machine']}"
        )
    for part in found.get("growth", []):
        print(
            f"{part['per_photo'] * 1000:.2f} ms of processors a photo and {part['once']:.0f} s "
            f"once; largest residual {max(map(abs, part['residuals'])):.1%}; {part['machine']}"
        )


def run_once(arguments: argparse.Namespace) -> None:
    """Run one call on Ray in this process, and print its seconds."""
    paths = _paths(arguments)
    classifier = _classifier(arguments)
    began = time.perf_counter()
    _predict(classifier, paths, "ray")
    print(json.dumps(time.perf_counter() - began))


def _predict(
    classifier: TransferClassifier,
    paths: Sequence[Path],
    on: str | None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    from transferleaf.scaling import Workers, predict_photos_to

    workers = Workers(cpus=_cores(), max_workers=1)
    with tempfile.TemporaryDirectory() as output:
        predict_photos_to(classifier, paths, output, on=on, workers=workers, progress=progress)


def _paths(arguments: argparse.Namespace) -> list[Path]:
    paths = sorted(Path(arguments.folder).rglob("*.jpg"))[: arguments.photos]
    if len(paths) < arguments.photos:
        sys.exit(f"{arguments.folder} holds {len(paths)} photos; draw {arguments.photos} first")
    return paths


def _classifier(arguments: argparse.Namespace) -> TransferClassifier:
    from transferleaf import TransferClassifier

    return with_made_head(
        TransferClassifier(classes=CLASSES, backbone=BACKBONE, image_size=arguments.image_size)
    )


@contextmanager
def _cluster() -> Iterator[None]:
    """Start a cluster on this machine that other processes can find."""
    import ray

    context = ray.init("local", num_cpus=_cores(), include_dashboard=False, logging_level="error")
    os.environ["RAY_ADDRESS"] = context.address_info["gcs_address"]
    try:
        yield
    finally:
        del os.environ["RAY_ADDRESS"]
        ray.shutdown()


def _measured(arguments: argparse.Namespace, photos: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.scale", "run-once", "--folder", arguments.folder]
    command += ["--photos", str(photos), "--image-size", str(arguments.image_size)]
    with Processors() as processors:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    cpu = processors.seconds
    clock = float(done.stdout.splitlines()[-1])
    print(f"{photos:,} photos, {cpu:.1f} s of processors, {clock:.1f} s", file=sys.stderr)
    return {"cpu": cpu, "clock": clock}


def _keep(arguments: argparse.Namespace, part: str, values: dict[str, Any]) -> None:
    file: Path = arguments.json
    found = json.loads(file.read_text()) if file.exists() else {}
    machine = f"{_cores()} cores, {platform.machine()}, Python {platform.python_version()}"
    facts = {"machine": machine, "backbone": BACKBONE, "image_size": arguments.image_size}
    found.setdefault(part, []).append({**facts, **values})
    file.write_text(json.dumps(found, indent=1))
    show(arguments)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(required=True)
    for name, does in [
        ("draw", draw),
        ("overhead", overhead),
        ("gaps", gaps),
        ("growth", growth),
        ("show", show),
        ("run-once", run_once),
    ]:
        part = parts.add_parser(name)
        part.set_defaults(does=does)
        part.add_argument("--folder", default="scale-photos", help="the drawn photos")
        part.add_argument("--photos", type=int, default=8192)
        part.add_argument("--counts", type=int, nargs="+", default=[1000, 5000, 20000])
        part.add_argument("--repeats", type=int, default=3)
        part.add_argument("--image-size", type=int, default=IMAGE_SIZE)
        part.add_argument("--json", type=Path, default=MEASURED, help="where results are kept")
    arguments = parser.parse_args(words)
    arguments.does(arguments)


if __name__ == "__main__":
    main()
