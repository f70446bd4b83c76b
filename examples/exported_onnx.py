"""Classify photos with an exported ONNX file: pip install onnxruntime pillow numpy.

python examples/exported_onnx.py model.onnx leaf.jpg another.jpg
"""

import json
import math
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

model = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
names = [output.name for output in model.get_outputs()]
facts = json.loads(model.get_modelmeta().custom_metadata_map["transferleaf"])
height, width = facts["photo_size"] or [facts["image_size"]] * 2


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
    answers = model.run(names, {"photos": np.asarray(photo, "uint8")[None]})
    found = dict(zip(names, answers, strict=True))
    best = int(found["probabilities"][0].argmax())
    probability = found["probabilities"][0][best]
    told = f"{path}: {facts['classes'][best]} {probability:.1%}"
    # Only a classifier that was calibrated has a distance.
    distance = found["distance"][0] if "distance" in found else 0
    print(f"{told} ({verdict(probability, distance)})")
