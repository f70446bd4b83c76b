"""Classify photos with an exported SavedModel: pip install tensorflow pillow numpy.

python examples/exported_saved_model.py model leaf.jpg another.jpg
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

facts = json.loads((Path(sys.argv[1]) / "assets.extra" / "transferleaf.json").read_text())
height, width = facts["photo_size"] or [facts["image_size"]] * 2
model = tf.saved_model.load(sys.argv[1])


def verdict(probability: float, distance: float) -> str:
    """Return the verdict that transferleaf gives."""
    if distance > (facts["farthest"] or math.inf):
        return "unknown"
    if facts["threshold"] is None:
        return "uncalibrated"
    return "sure" if probability >= facts["threshold"] else "unsure"


for path in sys.argv[2:]:
    # Upright and in this size before it goes in, as transferleaf reads photos.
    photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    photo = photo.resize((width, height), Image.Resampling.BILINEAR)
    found = {name: x.numpy() for name, x in model.serve(np.asarray(photo, "uint8")[None]).items()}
    best = int(found["probabilities"][0].argmax())
    probability = found["probabilities"][0][best]
    told = f"{path}: {facts['classes'][best]} {probability:.1%}"
    # Only a classifier that was calibrated has a distance.
    distance = found["distance"][0] if "distance" in found else 0
    print(f"{told} ({verdict(probability, distance)})")
