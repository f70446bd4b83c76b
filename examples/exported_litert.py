"""Classify photos with an exported LiteRT file: pip install ai-edge-litert pillow numpy.

python examples/exported_litert.py model.tflite leaf.jpg another.jpg
"""

import json
import math
import sys
import zipfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image, ImageOps

facts = json.loads(zipfile.ZipFile(sys.argv[1]).read("transferleaf.json"))
height, width = facts["photo_size"]
model = Interpreter(model_path=sys.argv[1])
classify = model.get_signature_runner("serving_default")


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
    found = classify(photos=np.asarray(photo, "uint8")[None])
    best = int(found["probabilities"][0].argmax())
    probability = found["probabilities"][0][best]
    told = f"{path}: {facts['classes'][best]} {probability:.1%}"
    # Only a classifier that was calibrated has a distance.
    distance = found["distance"][0] if "distance" in found else 0
    print(f"{told} ({verdict(probability, distance)})")
