"""A leaf on a plain background that every test of scenes can know exactly."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

GROUND = (180, 178, 182)
LEAF = (50, 120, 40)


@pytest.fixture(scope="session")
def plain_photo():
    """A green oval on grey, 96 pixels a side, with an edge as soft as a camera's."""
    large = Image.new("RGB", (384, 384), GROUND)
    ImageDraw.Draw(large).ellipse((100, 40, 280, 340), fill=LEAF)
    photo = np.array(large.resize((96, 96), Image.Resampling.BOX))
    photo.setflags(write=False)
    return photo
