"""Compute the plans of the four policies for one backbone.

    python -m docs.figures.measure_policies

writes ``measured/plans.json``. Takes some seconds. The network has random weights, because the
plans do not depend on them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import transferleaf as tl

BACKBONE = "efficientnet_lite0"
CLASSES = 38
FILE = Path(__file__).parent / "measured" / "plans.json"


def main() -> None:
    """Write the plans."""
    FILE.write_text(json.dumps(plans(), indent=1) + "\n", encoding="utf-8")


def plans() -> dict[str, dict[str, Any]]:
    """Return each plan as plain values, by quadrant."""
    classes = [f"class {number}" for number in range(CLASSES)]
    backbone = tl.TransferClassifier(classes=classes, backbone=BACKBONE, weights=None).backbone
    layers = backbone.describe()
    return {
        cell.value: tl.FreezePolicy.for_quadrant(cell).plan(layers, classes=CLASSES).to_dict()
        for cell in tl.Quadrant
    }


if __name__ == "__main__":
    main()
