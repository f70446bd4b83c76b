"""Classify photos with an exported ONNX file: pip install onnxruntime pillow numpy.

python examples/exported_onnx.py model.onnx leaf.jpg another.jpg
"""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

model = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
facts = json.loads(model.get_modelmeta().custom_metadata_map["transferleaf"])
height, width = facts["photo_size"] or [facts["image_size"]] * 2
for path in sys.argv[2:]:
    # Upright and in this size before it goes in, as transferleaf reads photos.
    photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    photo = photo.resize((width, height), Image.Resampling.BILINEAR)
    probabilities = model.run(None, {"photos": np.asarray(photo, "uint8")[None]})[0][0]
    best = int(probabilities.argmax())
    print(f"{path}: {facts['classes'][best]} {probabilities[best]:.1%}")
