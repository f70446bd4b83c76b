"""Bulk work measured: what Ray adds for each photo, and whether the cost grows with the photos.

    python -m benchmarks.scale draw      --folder DIR --photos 20000
    python -m benchmarks.scale overhead  --folder DIR --photos 2000 --json scale.json
    python -m benchmarks.scale growth    --folder DIR --counts 1000 5000 20000 --json scale.json
    python -m benchmarks.scale show      --json scale.json

``overhead`` predicts the same photos in this process and by one worker of Ray that is granted the
same cores, in turns, each run in a process of its own. What a run needs once, such as loading
TensorFlow and starting Ray, is told apart from what each photo costs: a run of half as many photos
is taken off. The bar is 15 % per photo. ``growth`` predicts growing numbers of photos on Ray and
fits a line; each residual is told as a share of the time. Results are added to the JSON file, so
that each part can be run alone, and ``show`` prints them.
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
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

BACKBONE = "efficientnet_lite0"
IMAGE_SIZE = 224
CLASSES = ("Bean___Rust", "Bean___healthy", "Corn___Rust", "Corn___healthy")
BAR = 0.15


def draw(arguments: argparse.Namespace) -> None:
    from transferleaf.datasets.synthetic import DRAWN_CLASSES, draw_leaves

    each = -(-arguments.photos // len(DRAWN_CLASSES))
    draw_leaves(arguments.folder, photos_per_class=each, image_size=256)


def overhead(arguments: argparse.Namespace) -> None:
    whole, half = arguments.photos, arguments.photos // 2
    runs: dict[str, list[dict[str, float]]] = {"here": [], "ray": []}
    for _ in range(arguments.repeats):
        for where, found in runs.items():
            seconds = {count: _timed(arguments, where, count) for count in (half, whole)}
            per_photo = (seconds[whole] - seconds[half]) / (whole - half)
            found.append({"per_photo": per_photo, "once": seconds[whole] - per_photo * whole})
    here, ray = (median(run["per_photo"] for run in runs[where]) for where in ("here", "ray"))
    _keep(arguments, "overhead", {"photos": whole, "runs": runs, "share": ray / here - 1})


def growth(arguments: argparse.Namespace) -> None:
    counts = sorted(arguments.counts)
    seconds = [_timed(arguments, "ray", count) for count in counts]
    slope, once = np.polyfit(counts, seconds, 1)
    off = [
        float((found - (once + slope * count)) / found)
        for count, found in zip(counts, seconds, strict=True)
    ]
    line = {"counts": counts, "seconds": seconds, "per_photo": float(slope), "once": float(once)}
    _keep(arguments, "growth", {**line, "residuals": off})


def show(arguments: argparse.Namespace) -> None:
    found = json.loads(Path(arguments.json).read_text())
    for part in found.get("overhead", []):
        verdict = "within" if part["share"] <= BAR else "beyond"
        print(
            f"Ray adds {part['share']:+.1%} per photo ({part['photos']:,} photos), "
            f"{verdict} the bar of {BAR:.0%}; {part['machine']}"
        )
    for part in found.get("growth", []):
        print(
            f"{part['per_photo'] * 1000:.2f} ms a photo and {part['once']:.0f} s once; "
            f"largest residual {max(map(abs, part['residuals'])):.1%}; {part['machine']}"
        )


def run_once(arguments: argparse.Namespace) -> None:
    """One run, in a process of its own; prints the seconds of the call."""
    from transferleaf import TransferClassifier
    from transferleaf.scaling import Workers, predict_photos_to

    paths = sorted(Path(arguments.folder).rglob("*.jpg"))[: arguments.photos]
    if len(paths) < arguments.photos:
        sys.exit(f"{arguments.folder} holds {len(paths)} photos; draw {arguments.photos} first")
    classifier = TransferClassifier(
        classes=CLASSES, backbone=BACKBONE, image_size=arguments.image_size
    )
    with tempfile.TemporaryDirectory() as output:
        began = time.perf_counter()
        predict_photos_to(
            classifier,
            paths,
            output,
            on=None if arguments.where == "here" else "ray",
            workers=Workers(cpus=_cores(), most=1),
        )
        print(json.dumps(time.perf_counter() - began))


def _timed(arguments: argparse.Namespace, where: str, photos: int) -> float:
    command = [sys.executable, "-m", "benchmarks.scale", "run-once", "--folder", arguments.folder]
    command += ["--where", where, "--photos", str(photos)]
    command += ["--image-size", str(arguments.image_size)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds = float(done.stdout.splitlines()[-1])
    print(f"{where}: {photos:,} photos in {seconds:.1f} s", file=sys.stderr)
    return seconds


def _keep(arguments: argparse.Namespace, part: str, values: dict[str, Any]) -> None:
    file = Path(arguments.json)
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
        ("growth", growth),
        ("show", show),
        ("run-once", run_once),
    ]:
        part = parts.add_parser(name)
        part.set_defaults(does=does)
        part.add_argument("--folder", default="scale-photos", help="the drawn photos")
        part.add_argument("--photos", type=int, default=2000)
        part.add_argument("--counts", type=int, nargs="+", default=[1000, 5000, 20000])
        part.add_argument("--repeats", type=int, default=3)
        part.add_argument("--image-size", type=int, default=IMAGE_SIZE)
        part.add_argument("--where", choices=("here", "ray"), default="here")
        part.add_argument("--json", default="scale.json", help="where results are kept")
    arguments = parser.parse_args(words)
    arguments.does(arguments)


if __name__ == "__main__":
    main()
