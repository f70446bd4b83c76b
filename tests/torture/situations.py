"""The situations, and what must be true after each of them."""

from __future__ import annotations

import csv
import hashlib
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.photos import corpus, draw
from tests.torture.processes import Ended, Trouble, operations, run
from transferleaf.files.whole_files import PART_SUFFIX

_PHOTOS = 330  # enough for a compiled engine
_EMPTIED_EVERY = 0.7


@dataclass(kw_only=True)
class Row:
    """The result of a situation.

    Attributes:
        name: The situation.
        tried: Number of trials.
        survived: Number of trials that ended correctly and could be continued to the end.
        identical: Number of trials with the weights of the undisturbed run; ``None`` if there are
            none to compare.
        compared: Number of compared trials.
        faults: Descriptions of faults, with enough detail to reproduce them.
        slowest: Maximum time from an interrupt to the end of the process, in seconds.
        note: Additional information.
    """

    name: str
    tried: int = 0
    survived: int = 0
    identical: int = 0
    compared: int = 0
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    note: str = ""

    def judge(self, faults: Sequence[str], what: str) -> None:
        """Count a trial, and record its faults."""
        self.tried += 1
        self.survived += not faults
        self.faults += [f"{self.name}, {what}: {fault}" for fault in faults]


@dataclass(kw_only=True)
class Bench:
    """The photos, the undisturbed run for comparison, and a random generator.

    Attributes:
        root: The folder of all files.
        seed: Random seed of the moments.
        deadline: Time until which trials start, on the monotonic clock.
    """

    root: Path
    seed: int
    deadline: float = 0.0

    def prepare(self) -> Ended:
        """Draw the photos, and train once undisturbed."""
        self.rng = random.Random(self.seed)
        self.photos = draw(self.root / "photos", _PHOTOS)
        ended = run(self.train("reference"))
        if ended.code != 0:
            raise RuntimeError(f"the undisturbed run failed:\n{ended.told}")
        self.weights = weights_of(self.finished("reference"))
        self.seconds = ended.seconds
        return ended

    def train(self, name: str) -> list[str]:
        """Return the command that trains, calibrates, evaluates and reports."""
        words = ["train", str(self.photos), "--backbone", "baseline_cnn", "--weights", "none"]
        words += ["--image-size", "32", "--freeze", "I", "--epochs", "2", "--seed", "1"]
        return [*words, "--name", name, "--output", str(self.root / name)]

    def finished(self, name: str) -> Path:
        """Return the folder of a run, if there is one."""
        return next(iter(sorted((self.root / name).glob("*"))), self.root / name / "none")

    def go_on(self, name: str) -> list[str]:
        """Continue a disturbed run to its end. Returns its faults."""
        folder = self.finished(name)
        again = ["train", "--resume", str(folder)]
        if not (folder / "config.toml").exists() or not (folder / "config.toml").read_text():
            again = self.train(name)
        if not (folder / "model.keras").exists() or (folder / "state").exists():
            ended = run(again)
            if ended.code != 0:
                return [f"not gone on with: exit code {ended.code}: {ended.told[-300:]}"]
        folder = sorted((self.root / name).glob("*"))[-1]
        left = [path.name for path in folder.rglob(f"*{PART_SUFFIX}")]
        missing = {"model.keras", "report.json", "report.html", "card.md"} - {
            path.name for path in folder.iterdir()
        }
        return [f"left {left}"] * bool(left) + [f"lacks {sorted(missing)}"] * bool(missing)

    def compare(self, row: Row, name: str) -> None:
        """Compare the weights of a finished run with those of the undisturbed one."""
        folder = sorted((self.root / name).glob("*"))[-1]
        row.compared += 1
        row.identical += (folder / "model.keras").exists() and weights_of(folder) == self.weights
        shutil.rmtree(self.root / name)

    def names(self, kind: str, count: int) -> Iterator[str]:
        """Yield the names of trials while there is time."""
        for number in range(count):
            if time.monotonic() >= self.deadline and number:
                return
            yield f"{kind}-{number}"


def weights_of(folder: Path) -> str:
    """Return a digest of all weights of a run's classifier."""
    import io
    import zipfile

    import h5py
    import numpy as np

    digest = hashlib.sha256()
    with zipfile.ZipFile(folder / "model.keras") as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content, "r") as file:

        def add(name: str, item: object) -> None:
            if isinstance(item, h5py.Dataset):
                digest.update(name.encode() + np.asarray(item).tobytes())

        file.visititems(add)
    return digest.hexdigest()


def interrupted(bench: Bench, count: int, *, resumed: int) -> Row:
    """Press Ctrl-C at random moments of a training. Some of them are continued to the end."""
    row = Row(name="Ctrl-C at a random moment")
    finished = 0
    for number, name in enumerate(bench.names("interrupt", count)):
        moment = bench.rng.uniform(0.02, bench.seconds)
        ended = run(bench.train(name), interrupt_after=moment)
        faults = ["a traceback"] * ended.raw
        if ended.code == 0:
            finished += 1  # interrupted while the program was ending
        elif ended.code != 130:
            faults.append(f"exit code {ended.code}: {ended.told[-200:]}")
        row.slowest = max(row.slowest, ended.after or 0.0)
        if number % max(1, count // resumed) == 0:
            faults += bench.go_on(name)
            bench.compare(row, name)
        row.judge(faults, f"after {moment:.2f} s")
        shutil.rmtree(bench.root / name, ignore_errors=True)
    row.note = f"ended after at most {row.slowest:.1f} s; {finished} finished earlier"
    return row


def killed(bench: Bench, count: int) -> Row:
    """Kill a training at random moments."""
    row = Row(name="kill at a random moment")
    for name in bench.names("kill", count):
        moment = bench.rng.uniform(0.02, bench.seconds)
        run(bench.train(name), kill_after=moment)
        row.judge(bench.go_on(name), f"after {moment:.2f} s")
        bench.compare(row, name)
    return row


def at_operations(bench: Bench, count: int, kind: str, heading: str) -> Row:
    """Kill it, or report a full disk, at file operations from the first to the last."""
    row = Row(name=heading)
    counting = f"counting-{kind.replace(' ', '-')}"
    writes_only = kind == "full disk"
    total, _ = operations(bench.train(counting), bench.root / counting, writes_only=writes_only)
    shutil.rmtree(bench.root / counting)
    for number, name in enumerate(bench.names(kind.replace(" ", "-"), count)):
        at = 1 + number * (total - 1) // max(1, count - 1)
        trouble = Trouble(
            folder=bench.root / name,
            at=at,
            kind=kind,  # type: ignore[arg-type]
            writes_only=writes_only,
        )
        ended = run(bench.train(name), trouble=trouble)
        faults = []
        if kind == "full disk" and (ended.code != 1 or ended.raw or "space" not in ended.told):
            faults.append(f"exit code {ended.code}: {ended.told[-200:]}")
        row.judge([*faults, *bench.go_on(name)], f"operation {at} of {total}")
        bench.compare(row, name)
    what = "operations that write" if writes_only else "operations"
    row.note = f"{total} {what} in the folder of the run, with report and model"
    return row


def exporting(bench: Bench, count: int) -> Row:
    """Kill an export at file operations. The same call must then write the whole file."""
    row = Row(name="kill at a file operation of an export")
    model, target = str(bench.finished("reference")), bench.root / "exported"

    def words(name: str) -> list[str]:
        return [
            "export",
            model,
            "--format",
            "openvino",
            "--output",
            str(target / name / "leaf.xml"),
        ]

    (target / "counting").mkdir(parents=True)
    total, whole = operations(words("counting"), target / "counting")
    expected = sorted(path.name for path in (target / "counting").rglob("*"))
    if whole.code != 0 or not total:
        row.judge([f"exit code {whole.code}: {whole.told[-300:]}"], "undisturbed")
        return row
    for number, name in enumerate(bench.names("export", count)):
        (target / name).mkdir()
        at = 1 + number * (total - 1) // max(1, count - 1)
        run(words(name), trouble=Trouble(folder=target / name, at=at, kind="kill"))
        # If it was killed after the last rename, the export is complete and must not be repeated.
        # Unfinished files may be left beside it.
        left = (path for path in (target / name).iterdir() if path.suffix != PART_SUFFIX)
        whole = sorted(path.name for path in left) == expected
        ended = run([*words(name), *["--overwrite"] * whole])
        found = sorted(path.name for path in (target / name).rglob("*") if path.suffix != ".part")
        faults = [f"exit code {ended.code}: {ended.told[-300:]}"] * (ended.code != 0)
        faults += [f"left {found} instead of {expected}"] * (found != expected)
        row.judge(faults, f"operation {at} of {total}")
    return row


def emptied(bench: Bench, count: int, cache: Path) -> Row:
    """Empty the cache every 0.7 seconds, from the first photo to the report."""
    row = Row(name=f"cache emptied every {_EMPTIED_EVERY:g} s")
    for name in bench.names("emptied", count):
        ended = run(bench.train(name), beside=_emptying(cache))
        faults = [f"exit code {ended.code}: {ended.told[-300:]}"] * (ended.code != 0)
        row.judge(faults, name)
        bench.compare(row, name)
    return row


def _emptying(cache: Path) -> Callable[[], None]:
    last = [time.monotonic()]

    def empty() -> None:
        if time.monotonic() - last[0] >= _EMPTIED_EVERY:
            last[0] = time.monotonic()
            shutil.rmtree(cache, ignore_errors=True)

    return empty


def hostile(bench: Bench, files: int) -> Row:
    """Classify damaged files and malicious names into a table, and continue it."""
    row = Row(name="a hostile photo classified")
    folder, count = corpus(bench.root / "corpus", files, seed=bench.seed)
    table = bench.root / "answers.csv"
    words = ["predict", str(bench.finished("reference")), str(folder)]
    ended = run([*words, "--csv", str(table)])
    screen = run(words)
    again = run([*words, "--csv", str(table), "--resume"])
    with table.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        rows = list(csv.reader(file))[1:]
    refused = sum(bool(cells[-1]) for cells in rows)
    faults = [
        *[
            f"exit code {each.code}: {each.told[-300:]}"
            for each in (ended, screen)
            if each.code != 1
        ],
        *[f"--resume: exit code {again.code}: {again.told[-300:]}"] * (again.code not in (0, 1)),
        *["orders reached the terminal"] * bool({"\x1b[2J", "\u202e"} & set(_orders(screen.told))),
        *["a cell is a formula"] * any(cell[:1] in "=+@\t\r" for r in rows for cell in r if cell),
    ]
    row.tried, row.survived = count, len(rows) if not faults else 0
    row.faults = [f"{row.name}: {fault}" for fault in faults]
    row.note = f"{len(rows) - refused:,} answered, {refused:,} refused with a reason"
    return row


def _orders(told: str) -> list[str]:
    return [order for order in ("\x1b[2J", "\u202e", "\x1b]0;") if order in told]
