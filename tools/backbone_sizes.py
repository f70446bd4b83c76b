"""Count parameters and multiply-adds of all listed backbones: ``python -m tools.backbone_sizes``.

Each backbone is built at its image size with random weights. The results are written to
``backbones/sizes.json``, for ``transferleaf backbones``. This requires the extra ``hub``.
"""

from __future__ import annotations

import json
import sys

from transferleaf.backbones import build_backbone, get_backbone, list_backbones
from transferleaf.backbones.sizes import SIZES_FILE


def main(pattern: str = "*") -> None:
    """Count the backbones that match ``pattern``. The others keep their values."""
    import keras

    found = json.loads(SIZES_FILE.read_text()) if SIZES_FILE.is_file() else {}
    found = {name: size for name, size in found.items() if name in list_backbones()}
    for name in list_backbones(pattern):
        layers = build_backbone(get_backbone(name), weights=None).describe()
        work = sum(layer.multiply_adds for layer in layers.layers)
        found[name] = {"parameters": layers.parameters, "multiply_adds": work}
        print(name, found[name], flush=True)
        keras.utils.clear_session()
        rows = (f"  {json.dumps(name)}: {json.dumps(size)}" for name, size in sorted(found.items()))
        SIZES_FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
