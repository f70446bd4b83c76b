"""``python -m tests.fuzz``: damage valid files, read them, and report the results."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.fuzz.arrays import drawn_arrays
from tests.fuzz.campaign import Findings, run_campaign
from tests.fuzz.mutations import damaged_inside
from tests.fuzz.page import page
from tests.fuzz.seeds import photo_seeds
from tests.fuzz.tables import PHOTOS, damaged_table, table_seeds
from tests.fuzz.trees import drawn_tree

# Shares of the time. Decoders of photos can fail in most ways.
_SHARES = {"photos": 0.5, "model files": 0.1, "tables": 0.1, "folder trees": 0.1, "arrays": 0.2}
# Loading or training a network takes a second or more.
_NETWORK_SECONDS = 60.0
# TensorFlow keeps some memory for each traced graph; Python's objects do not grow.
_TRACED_BYTES = 300_000


def main() -> int:
    """Run all campaigns. The exit code is 1 if there were faults."""
    options = _options()
    print(f"seed {options.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="transferleaf-fuzz-"))
    for photo in PHOTOS:
        (folder / photo).parent.mkdir(exist_ok=True)
        (folder / photo).write_bytes(photo_seeds()["plain.jpg"])
    # No limit, because TensorFlow's threads reserve address space that they never use.
    network = {"limit": 0, "patience": _NETWORK_SECONDS}
    kinds: dict[str, dict[str, Any]] = {
        "photos": {"seeds": photo_seeds()},
        "model files": {"seeds": _model_seeds(folder), "damage": damaged_inside, **network},
        "tables": {"seeds": table_seeds(), "damage": damaged_table},
        "folder trees": {"seeds": {"folders.tree": b"[]"}, "damage": drawn_tree},
        "arrays": {
            "seeds": {"drawn.arrays": b""},
            "damage": drawn_arrays,
            "kept_a_file": _TRACED_BYTES,
            **network,
        },
    }
    campaigns = {
        name: run_campaign(
            seed=options.seed, seconds=options.seconds * _SHARES[name], folder=folder, **kind
        )
        for name, kind in kinds.items()
    }
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
        help="for all campaigns together",
    )
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
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
