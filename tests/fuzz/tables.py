"""Small valid tables of photos, and ways to damage their cells."""

from __future__ import annotations

import csv
import io

import numpy as np

from tests.fuzz.mutations import damaged

PHOTOS = ("a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg")
"""The photos that the good tables name, beside the table."""

# Values that users and programs write into cells, right or wrong.
_CELLS = (
    *("", " ", "nan", "NA", "None", "null", "0", "1", "10", "1.0", "-1", "1e400", "true", "?"),
    *("Rust", "rust", "rust ", "녹병", "é", "e\u0301", "a" * 300, "train", "val", "dev", "fold_1"),
    *("../a/1.jpg", "/etc/passwd", "a\\1.jpg", "a/1", "a", ".", "..", "\0", "=1+1", '"', ",", ";"),
    *("\r", "\n", "\u202e", "\x1b[2J", "photos.csv", "~", "a/../a/1.jpg", "C:\\a\\1.jpg"),
)
_NAMES = (
    *("path", "file", "image_id", "label", "class", "disease", "split", "set", "leaf", "group"),
    *("", "Path", "rust", "unnamed: 0", "file_name"),
)


def table_seeds() -> dict[str, bytes]:
    """Tables of each kind, by name."""
    rows = [["path", "label", "split", "leaf"]]
    rows += [[photo, photo[0], "train", f"leaf {number}"] for number, photo in enumerate(PHOTOS)]
    flags = [["image_id", "rust", "scab"]]
    flags += [[photo, str(int(photo[0] == "a")), str(int(photo[0] == "b"))] for photo in PHOTOS]
    lines = "".join(f'{{"file_name": "{photo}", "label": "{photo[0]}"}}\n' for photo in PHOTOS)
    return {
        "labels.csv": _text(rows),
        "semicolons.csv": _text(rows, ";"),
        "flags.csv": _text(flags),
        "labels.tsv": _text(rows, "\t"),
        "metadata.jsonl": lines.encode(),
    }


def damaged_table(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    """Damage a table: its bytes, or some of its cells and column names."""
    if rng.integers(3) == 0 or content.startswith(b"{"):
        return damaged(content, others, rng)
    text = content.decode()
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    for _ in range(rng.integers(1, 5)):
        row = rows[rng.integers(len(rows))]
        words = _NAMES if row is rows[0] else _CELLS
        way = rng.integers(4)
        if way == 0:
            rows.append(list(row))
        elif way == 1 and row:
            del row[rng.integers(len(row))]
        elif row:
            row[rng.integers(len(row))] = words[rng.integers(len(words))]
    return _text(rows, separator)


def _text(rows: list[list[str]], separator: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")
