"""Draw every figure in every theme and language: ``python -m docs.figures``."""

from __future__ import annotations

from docs.figures.drawing import FOLDER, drawn


def main() -> None:
    """Write the files, and remove those of deleted figures."""
    FOLDER.mkdir(exist_ok=True)
    files = dict(drawn())
    for old in FOLDER.glob("*.svg"):
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        (FOLDER / name).write_text(content, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
