"""``python -m tests.fuzz``: damage good files, have them read, and say what came of it."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

from tests.fuzz.campaign import Findings, run_campaign
from tests.fuzz.mutations import damaged_inside
from tests.fuzz.page import page
from tests.fuzz.seeds import photo_seeds
from tests.fuzz.tables import PHOTOS, damaged_table, table_seeds
from tests.fuzz.trees import drawn_tree

# Loading a network takes a second and more, so a few files have to do.
_MODEL_FILES = 60
_MODEL_SECONDS = 60.0


def main() -> int:
    """Run all campaigns; the exit code is 1 where anything was at fault."""
    options = _options()
    print(f"seed {options.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="transferleaf-fuzz-"))
    photos = run_campaign(photo_seeds(), seed=options.seed, seconds=options.seconds, folder=folder)
    models = run_campaign(
        _model_seeds(folder),
        seed=options.seed,
        files=options.model_files,
        folder=folder,
        damage=damaged_inside,
        limit=0,  # TensorFlow's threads set aside address space that they never use
        patience=_MODEL_SECONDS,
    )
    for photo in PHOTOS:
        (folder / photo).parent.mkdir(exist_ok=True)
        (folder / photo).write_bytes(photo_seeds()["plain.jpg"])
    tables, trees = (
        run_campaign(
            seeds, seed=options.seed, seconds=options.seconds / 4, folder=folder, damage=damage
        )
        for seeds, damage in ((table_seeds(), damaged_table), ({"folders.tree": b"[]"}, drawn_tree))
    )
    campaigns = {"photos": photos, "model files": models, "tables": tables, "folder trees": trees}
    text = page(campaigns, seed=options.seed, seconds=options.seconds)
    print(text)
    if options.page:
        options.page.write_text(text, encoding="utf-8")
    return _verdict(folder, *campaigns.values())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument(
        "--seconds",
        type=float,
        default=60.0,
        help="for the photos; a quarter of it for tables, and for folder trees",
    )
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    parser.add_argument("--model-files", type=int, default=_MODEL_FILES)
    parser.add_argument("--page", type=Path, help="a file that gets the figures")
    return parser.parse_args()


def _model_seeds(folder: Path) -> dict[str, bytes]:
    """A small saved classifier."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    import transferleaf as tl

    inputs = keras.Input((16, 16, 3))
    network = keras.Model(inputs, keras.layers.Conv2D(4, 3)(inputs))
    path = folder / "good.keras"
    tl.TransferClassifier(classes=["a", "b"], backbone=network, weights=None).save(path)
    return {"classifier.keras": path.read_bytes()}


def _verdict(folder: Path, *campaigns: Findings) -> int:
    faults = [fault for found in campaigns for fault in found.faults]
    for fault in faults:
        print(f"{folder}/{fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
