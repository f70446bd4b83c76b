"""Finished trainings in one JSON file, from which an interrupted benchmark continues."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.advice.cells import Cell, Result


@dataclass(frozen=True, slots=True)
class Results:
    """Results and evidence by cell, in a file that several processes can write.

    Attributes:
        path: The file.
    """

    path: Path

    def runs(self) -> dict[Cell, dict[str, Result]]:
        """Return the results of the choices, by cell."""
        found: dict[Cell, dict[str, Result]] = {}
        for entry in self._read()["runs"]:
            cell = Cell(**entry["cell"])
            found.setdefault(cell, {})[entry["choice"]] = Result(**entry["result"])
        return found

    def evidence(self, backbone: str) -> dict[Cell, dict[str, Any]]:
        """Return the evidence of each cell as a dictionary."""
        entries = self._read()["evidence"]
        return {
            Cell(**entry["cell"]): entry["found"]
            for entry in entries
            if entry["backbone"] == backbone
        }

    def keep_run(self, cell: Cell, choice: str, result: Result) -> None:
        """Add the result of a choice."""
        entry = {"cell": asdict(cell), "choice": choice, "result": asdict(result)}
        with self._changing() as content:
            content["runs"].append(entry)

    def keep_evidence(self, cell: Cell, backbone: str, found: dict[str, Any]) -> None:
        """Keep evidence and replace older evidence of the same cell."""
        entry = {"cell": asdict(cell), "backbone": backbone, "found": found}
        with self._changing() as content:
            content["evidence"] = [
                other
                for other in content["evidence"]
                if (other["cell"], other["backbone"]) != (entry["cell"], backbone)
            ] + [entry]

    def _read(self) -> dict[str, list[dict[str, Any]]]:
        if not self.path.exists():
            return {"runs": [], "evidence": []}
        content: dict[str, list[dict[str, Any]]] = json.loads(self.path.read_text())
        return content

    @contextmanager
    def _changing(self) -> Iterator[dict[str, list[dict[str, Any]]]]:
        """Yield the content and write it back, one process at a time."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            content = self._read()
            yield content
            written = self.path.with_suffix(".part")
            lines = {
                kind: ",\n".join(json.dumps(entry) for entry in entries)
                for kind, entries in content.items()
            }
            told = ",\n".join(f'"{kind}": [\n{text}\n]' for kind, text in lines.items())
            written.write_text(f"{{\n{told}\n}}\n")
            written.replace(self.path)
