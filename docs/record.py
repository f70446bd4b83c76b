"""Run the commands and the code of a page in order, and record their output.

    python docs/record.py docs/tutorial/index.md
    python docs/record.py README.md --only python --link PlantVillage=DATA --link leaves.csv=LEAVES

Blocks of ``python`` and lines of ``sh`` that begin with ``transferleaf`` run one after the other in
an empty folder, or one with links to photos. If a block is followed by ``<!-- output -->`` and a
block of ``text``, this block is replaced by the output. ``<!-- output: first 5, last 3 -->`` leaves
out the lines between.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SLOT = re.compile(
    r"\A\n+<!-- output(?:: first (?P<first>\d+))?(?:, last (?P<last>\d+))? -->\n```text\n"
    r"(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# Progress bars of finished work, also those of Keras, and messages of TensorFlow.
_PASSING = re.compile(
    r"^[^┏┡]*━{9}|\x1b\[|^[IWE]0000 |^WARNING: All log messages|^WARNING:tensorflow|^To enable the "
)
_WIDTH = 92


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a page.

    Attributes:
        language: ``"python"`` or ``"sh"``.
        text: The code, or the lines that begin with ``transferleaf``.
        slot: Position of the output on the page, as offsets; ``None`` if it is not shown.
        first: Number of lines to show at the start; all if ``None``.
        last: Number of lines to show at the end.
    """

    language: str
    text: str
    slot: tuple[int, int] | None = None
    first: int | None = None
    last: int = 0

    def command(self) -> list[str]:
        """The command that runs the step."""
        if self.language == "python":
            return [sys.executable, "-c", self.text]
        return ["sh", "-e", "-c", self.text]

    def shown(self, output: str) -> str:
        """Return the part of the output that is shown."""
        lines = [line.rstrip() for line in output.splitlines() if not _PASSING.search(line)]
        if self.first is not None and len(lines) > self.first + self.last + 1:
            lines = [*lines[: self.first], "...", *lines[len(lines) - self.last :]]
        return "".join(f"{line}\n" for line in lines)


def steps_of(page: str) -> Iterator[Step]:
    """Yield the steps of a page, in order, without other shell commands."""
    for fence in _FENCE.finditer(page):
        language, text = fence.groups()
        if language == "sh":
            text = "".join(
                line for line in text.splitlines(True) if line.startswith("transferleaf")
            )
        if not text:
            continue
        slot = _SLOT.search(page[fence.end() :])
        if slot is None:
            yield Step(language, text)
            continue
        first, last = (int(slot[name]) if slot[name] else None for name in ("first", "last"))
        place = (fence.end() + slot.start("text"), fence.end() + slot.end("text"))
        yield Step(language, text, slot=place, first=first, last=last or 0)


def run(step: Step, folder: Path) -> str:
    """Run a step in a folder, and return its output.

    Raises:
        subprocess.CalledProcessError: The step failed.
    """
    print(f"--- {step.text}", file=sys.stderr)
    done = subprocess.run(
        step.command(),
        cwd=folder,
        env=_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(done.stdout, file=sys.stderr)
    done.check_returncode()
    return done.stdout


def filled(page: str, outputs: Sequence[tuple[Step, str]]) -> str:
    """Return the page with the outputs of its steps."""
    for step, output in reversed(outputs):  # from the end, so that offsets stay valid
        if step.slot is not None:
            start, end = step.slot
            page = page[:start] + step.shown(output) + page[end:]
    return page


def _environment(folder: Path) -> Mapping[str, str]:
    beside = Path(sys.executable).parent
    return {
        **os.environ,
        "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}",
        "TRANSFERLEAF_CACHE": str(folder / ".cache"),
        "COLUMNS": str(_WIDTH),
        "NO_COLOR": "1",
    }


def main() -> None:
    """Record the given pages."""
    parser = argparse.ArgumentParser(description="Write down what the code of a page prints.")
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--only", choices=("python", "sh"))
    parser.add_argument("--keep", metavar="FOLDER", help="work in this folder, and leave it")
    parser.add_argument("--link", action="append", default=[], metavar="NAME=PLACE")
    options = parser.parse_args()
    for page in options.pages:
        with tempfile.TemporaryDirectory() as made:
            folder = options.keep or made
            for name, _, place in (given.partition("=") for given in options.link):
                (Path(folder) / name).symlink_to(Path(place).resolve())
            steps = [
                (step, run(step, Path(folder)))
                for step in steps_of(page.read_text(encoding="utf-8"))
                if options.only in (None, step.language)
            ]
        page.write_text(filled(page.read_text(encoding="utf-8"), steps), encoding="utf-8")


if __name__ == "__main__":
    main()
