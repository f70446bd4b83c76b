"""Campaigns: damaged files are given to a reader, with limits of time and memory."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from tests.fuzz.mutations import damaged

HANG_SECONDS = 5.0
"""Of work on one file, after which it counts as a hang."""
# Factor of the time limit for a reader that waits.
_MOST_WAITS = 20
# After thousands of files; the caches of Python and Pillow take a few.
LEAK_BYTES = 30_000_000
# The memory for the worst photo that is accepted, with a margin.
PHOTO_BYTES = 1_600_000_000


@dataclass(kw_only=True)
class Findings:
    """The result of a campaign.

    Attributes:
        files: Number of read files, by name of the valid file.
        outcomes: Number of files for each result.
        slowest: CPU seconds for the slowest file, and the valid file that it was made from.
        peak: Maximum memory in bytes, beyond that before the first file.
        growth: Increase of memory in bytes, compared with that after a tenth of the files.
        faults: Crashes, hangs and wrong errors, with their files.
    """

    files: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    peak: int = 0
    growth: int = 0
    faults: list[str] = field(default_factory=list)

    def count(self, path: Path, answer: dict[str, Any], *, start: int, label: str) -> None:
        """Add the result of one file. A faulty file is kept under a unique name."""
        self.files[path.name] += 1
        self.slowest = max(self.slowest, (answer["seconds"], path.name))
        self.peak = max(self.peak, answer["peak"] - start)
        outcome = answer["outcome"]
        good = outcome in ("read", "refused")
        self.outcomes[outcome if good else "fault"] += 1
        if not good:
            kept = path.rename(path.with_name(f"fault-{label}-{path.name}"))
            self.faults.append(f"{kept.name}: {outcome}")


class Reader:
    """The reading process, which is restarted after a crash or a hang."""

    def __init__(self, *, limit: int, patience: float) -> None:
        self._limit, self._patience = limit, patience
        self._begin()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def resident(self) -> int:
        """Return the memory that it uses, in bytes."""
        self._tell("measure")
        return int(json.loads(self._answer(60.0))["resident"])

    def ask(self, path: Path) -> dict[str, Any]:
        """Read a file. The result begins with ``"fault"`` if the process did not survive."""
        self._tell(str(path))
        line = self._answer(self._patience)
        if line:
            return dict(json.loads(line))
        ended = self._process.poll()
        fault = "fault: hang" if ended is None else f"fault: crash {ended}"
        self._process.kill()
        self._process.communicate()
        self._begin()
        return {"outcome": fault, "seconds": self._patience, "peak": 0}

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _begin(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.reader", str(self._limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libtiff prints errors there
            text=True,
        )
        self._answer(120.0)  # it is ready

    def _answer(self, patience: float) -> str:
        """Wait for a line, for a longer time if the reader gets little CPU time."""
        assert self._process.stdout is not None
        began, worked = time.monotonic(), self._worked()
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while not selector.select(timeout=min(1.0, patience)):
                waited = time.monotonic() - began
                if waited > _MOST_WAITS * patience or self._worked() - worked > patience:
                    return ""
            return self._process.stdout.readline()

    def _worked(self) -> float:
        """Return the CPU time of all its threads, in seconds."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def run_campaign(
    seeds: dict[str, bytes],
    *,
    seed: int,
    folder: Path,
    damage: Callable[[bytes, list[bytes], np.random.Generator], bytes] = damaged,
    limit: int = PHOTO_BYTES,
    patience: float = HANG_SECONDS,
    kept_a_file: int = 0,
    seconds: float = float("inf"),
    files: int | None = None,
) -> Findings:
    """Damage and read files until the limit of time or files is reached.

    Args:
        seeds: Valid files by name.
        seed: Random seed. The same seed gives the same files.
        damage: Damages a file. It gets all valid files and a random generator.
        folder: The folder for damaged files. Faulty ones are kept there.
        limit: Address space of the reader in bytes; 0 for no limit.
        patience: CPU seconds after which a file counts as a hang.
        kept_a_file: Allowed memory growth per file, in bytes.
        seconds: Maximum time.
        files: Maximum number of files.
    """
    rng = np.random.default_rng(seed)
    names, contents = list(seeds), list(seeds.values())
    found, clock = Findings(), _Clock(seconds=seconds, files=files)
    with Reader(limit=limit, patience=patience) as reader:
        reader.ask(_write(folder, names[0], contents[0]))  # imports everything that it needs
        start = early = reader.resident()
        while not clock.is_up():
            at = int(rng.integers(len(names)))
            path = _write(folder, names[at], damage(contents[at], contents, rng))
            found.count(path, reader.ask(path), start=start, label=f"{seed}-{clock.files_done}")
            if clock.count():
                early = reader.resident()
        found.growth = reader.resident() - early
    if found.growth > LEAK_BYTES + kept_a_file * clock.files_done:
        found.faults.append(f"all files: the reader grew by {found.growth:,} bytes")
    return found


@dataclass(kw_only=True)
class _Clock:
    """The progress of a campaign, by time or files."""

    seconds: float
    files: int | None
    files_done: int = 0
    warm: bool = False
    began: float = field(default_factory=time.monotonic)

    def is_up(self) -> bool:
        return self._share() >= 1

    def count(self) -> bool:
        """Count a file. Returns true once, after a tenth of the campaign."""
        self.files_done += 1
        turned = not self.warm and self._share() >= 0.1
        self.warm = self.warm or turned
        return turned

    def _share(self) -> float:
        by_files = self.files_done / self.files if self.files else 0.0
        return max(by_files, (time.monotonic() - self.began) / self.seconds)


def _write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
