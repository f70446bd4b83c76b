"""Classify photos with an exported OpenVINO file: pip install openvino pillow numpy.

python examples/exported_openvino.py model.xml leaf.jpg another.jpg
"""

import json
import math
import sys

import numpy as np
import openvino
from PIL import Image, ImageOps

network = openvino.Core().read_model(sys.argv[1])
facts = json.loads(network.get_rt_info("transferleaf").value)
height, width = facts["photo_size"] or [facts["image_size"]] * 2
# Without the hint some processors compute in bfloat16: faster, and probabilities differ a little.
model = openvino.compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})


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
    found = model(np.asarray(photo, "uint8")[None]).to_dict()
    found = {output.any_name: array for output, array in found.items()}
    best = int(found["probabilities"][0].argmax())
    probability = found["probabilities"][0][best]
    told = f"{path}: {facts['classes'][best]} {probability:.1%}"
    # Only a classifier that was calibrated has a distance.
    distance = found["distance"][0] if "distance" in found else 0
    print(f"{told} ({verdict(probability, distance)})")
