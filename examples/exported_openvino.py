"""Classify photos with an exported OpenVINO file: pip install openvino pillow numpy.

python examples/exported_openvino.py model.xml leaf.jpg another.jpg
"""

import json
import sys

import numpy as np
import openvino
from PIL import Image, ImageOps

network = openvino.Core().read_model(sys.argv[1])
facts = json.loads(network.get_rt_info("transferleaf").value)
height, width = facts["photo_size"] or [facts["image_size"]] * 2
# Without the hint some processors compute in bfloat16: faster, and probabilities differ a little.
model = openvino.compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
for path in sys.argv[2:]:
    # Upright and in this size before it goes in, as transferleaf reads photos.
    photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    photo = photo.resize((width, height), Image.Resampling.BILINEAR)
    probabilities = model(np.asarray(photo, "uint8")[None])[0][0]
    best = int(probabilities.argmax())
    print(f"{path}: {facts['classes'][best]} {probabilities[best]:.1%}")
