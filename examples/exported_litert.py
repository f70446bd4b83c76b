"""Classify photos with an exported LiteRT file: pip install ai-edge-litert pillow numpy.

python examples/exported_litert.py model.tflite leaf.jpg another.jpg
"""

import json
import sys
import zipfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image, ImageOps

facts = json.loads(zipfile.ZipFile(sys.argv[1]).read("transferleaf.json"))
height, width = facts["photo_size"]
model = Interpreter(model_path=sys.argv[1])
classify = model.get_signature_runner("serving_default")
for path in sys.argv[2:]:
    # Upright and in this size before it goes in, as transferleaf reads photos.
    photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    photo = photo.resize((width, height), Image.Resampling.BILINEAR)
    (answers,) = classify(photos=np.asarray(photo, "uint8")[None]).values()
    best = int(answers[0].argmax())
    print(f"{path}: {facts['classes'][best]} {answers[0][best]:.1%}")
