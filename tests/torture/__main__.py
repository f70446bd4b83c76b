"""``python -m tests.torture``: disturb the command line in many ways, and check the results."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.torture.situations import Bench, Row

# Number of trials of each situation, if there is time, and its share of the time of its lane. The
# lanes run at the same time, and take about equally long.
_LANES = (
    {"hostile": (2000, 0.1), "interrupts": (200, 0.6), "disk": (20, 0.2), "cache": (5, 0.1)},
    {"kills": (50, 0.45), "operations": (50, 0.45), "exports": (20, 0.1)},
)


def main() -> int:
    """Try all situations. The exit code is 1 if there were faults."""
    options = _options()
    print(f"seed {options.seed}", flush=True)
    began = time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="transferleaf-torture-"))
    os.environ.update(
        TRANSFERLEAF_CACHE=str(root / "cache"), TF_CPP_MIN_LOG_LEVEL="3", COLUMNS="200"
    )
    _load()
    from tests.torture import situations
    from tests.torture.page import page
    from tests.torture.peers import peers

    bench = situations.Bench(root=root, seed=options.seed)
    bench.prepare()
    rows = _in_lanes(bench, options.seconds)
    beside = [] if options.without_peers else peers(bench.photos, root)
    text = page(
        rows,
        beside,
        seed=options.seed,
        seconds=options.seconds,
        spent=time.monotonic() - began,
        reference=bench.seconds,
    )
    print(text)
    if options.page:
        options.page.write_text(text, encoding="utf-8")
    faults = [fault for row in rows for fault in row.faults]
    faults += [f"{row.name}: weights differ" for row in rows if row.identical < row.compared]
    for fault in faults:
        print(f"{root}: {fault}", file=sys.stderr)
    return 1 if faults else 0


def _in_lanes(bench: Bench, seconds: float) -> list[Row]:
    """Try all situations, each lane in a process of its own, with its own cache."""
    fork = multiprocessing.get_context("fork")  # the modules are imported already
    ends = []
    for number, lane in enumerate(_LANES):
        here, there = fork.Pipe(duplex=False)
        process = fork.Process(target=_lane, args=(bench, number, lane, seconds, there))
        process.start()
        there.close()
        ends.append(here)
    return [row for end in ends for row in end.recv()]


def _lane(
    bench: Bench, number: int, plan: dict[str, tuple[int, float]], seconds: float, end: Connection
) -> None:
    cache = bench.root / f"cache-{number}"
    os.environ["TRANSFERLEAF_CACHE"] = str(cache)
    bench.rng = random.Random(bench.seed + number)
    rows = []
    for name, (count, share) in plan.items():
        bench.deadline = time.monotonic() + share * seconds
        rows.append(_situation(name, bench, cache, seconds)(count))
        print(f"{rows[-1].name}: {rows[-1].survived:,} of {rows[-1].tried:,}", flush=True)
    end.send(rows)


def _situation(name: str, bench: Bench, cache: Path, seconds: float) -> Callable[[int], Row]:
    """Return the function that tries a situation a number of times."""
    from tests.torture import situations

    found: dict[str, Callable[[int], Row]] = {
        "hostile": lambda count: situations.hostile(
            bench, max(20, int(count * min(1, seconds / 600)))
        ),
        "interrupts": lambda count: situations.interrupted(bench, count, resumed=20),
        "kills": lambda count: situations.killed(bench, count),
        "operations": lambda count: situations.at_operations(
            bench, count, "kill", "kill at a file operation"
        ),
        "exports": lambda count: situations.exporting(bench, count),
        "disk": lambda count: situations.at_operations(
            bench, count, "full disk", "disk full from some operation on"
        ),
        "cache": lambda count: situations.emptied(bench, count, cache),
    }
    return found[name]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--seconds", type=float, default=600.0, help="for all situations together")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    parser.add_argument("--page", type=Path, help="a file that gets the figures")
    parser.add_argument("--without-peers", action="store_true", help="leave plain Keras out")
    return parser.parse_args()


def _load() -> None:
    """Import everything that the trials need, before forking, without running a network."""
    from transferleaf.process.quiet_start import start_tensorflow_quietly

    start_tensorflow_quietly()
    import openvino  # noqa: F401

    import transferleaf.classifier
    import transferleaf.cli
    import transferleaf.export
    import transferleaf.reports.html
    import transferleaf.runs.training  # noqa: F401


if __name__ == "__main__":
    raise SystemExit(main())
