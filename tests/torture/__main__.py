"""``python -m tests.torture``: disturb the command line in many ways, and check the results."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

# Number of trials of each situation, if there is time, and its share of the time.
_PLAN = {
    "interrupts": (200, 0.35),
    "kills": (50, 0.2),
    "operations": (50, 0.2),
    "exports": (20, 0.1),
    "disk": (20, 0.1),
    "cache": (5, 0.05),
}
_CORPUS = 2000


def main() -> int:
    """Try all situations. The exit code is 1 if there were faults."""
    options = _options()
    print(f"seed {options.seed}", flush=True)
    began = time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="transferleaf-torture-"))
    cache = root / "cache"
    os.environ.update(TRANSFERLEAF_CACHE=str(cache), TF_CPP_MIN_LOG_LEVEL="3", COLUMNS="200")
    _load()
    from tests.torture import situations
    from tests.torture.page import page
    from tests.torture.peers import peers

    bench = situations.Bench(root=root, seed=options.seed)
    bench.prepare()
    rows = [situations.hostile(bench, max(20, int(_CORPUS * min(1, options.seconds / 600))))]

    def times(name: str) -> int:
        count, share = _PLAN[name]
        bench.deadline = time.monotonic() + share * options.seconds
        return count

    rows.append(situations.interrupted(bench, times("interrupts"), resumed=20))
    rows.append(situations.killed(bench, times("kills")))
    rows.append(
        situations.at_operations(bench, times("operations"), "kill", "kill at a file operation")
    )
    rows.append(situations.exporting(bench, times("exports")))
    rows.append(
        situations.at_operations(
            bench, times("disk"), "full disk", "disk full from some operation on"
        )
    )
    rows.append(situations.emptied(bench, times("cache"), cache))
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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--seconds", type=float, default=600.0, help="for all situations together")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    parser.add_argument("--page", type=Path, help="a file that gets the figures")
    parser.add_argument("--without-peers", action="store_true", help="leave plain Keras out")
    return parser.parse_args()


def _load() -> None:
    """Import everything that the trials need, before forking, without running a network."""
    from transferleaf.quiet_start import start_tensorflow_quietly

    start_tensorflow_quietly()
    import openvino  # noqa: F401

    import transferleaf.classifier
    import transferleaf.cli
    import transferleaf.export
    import transferleaf.reports.html
    import transferleaf.runs.training  # noqa: F401


if __name__ == "__main__":
    raise SystemExit(main())
