"""Classify photos with an exported SavedModel: pip install tensorflow pillow numpy.

python examples/exported_saved_model.py model leaf.jpg another.jpg
"""

import json
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

facts = json.loads((Path(sys.argv[1]) / "assets.extra" / "transferleaf.json").read_text())
height, width = facts["photo_size"] or [facts["image_size"]] * 2
model = tf.saved_model.load(sys.argv[1])
for path in sys.argv[2:]:
    # Upright and in this size before it goes in, as transferleaf reads photos.
    photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    photo = photo.resize((width, height), Image.Resampling.BILINEAR)
    probabilities = model.serve(np.asarray(photo, "uint8")[None]).numpy()[0]
    best = int(probabilities.argmax())
    print(f"{path}: {facts['classes'][best]} {probabilities[best]:.1%}")
