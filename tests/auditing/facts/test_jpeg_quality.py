from __future__ import annotations

import io

import pytest
from PIL import Image

from transferleaf.auditing.facts.jpeg_quality import jpeg_quality


@pytest.mark.parametrize("quality", [1, 5, 10, 30, 49, 50, 51, 75, 88, 95, 99, 100])
def test_the_quality_that_a_jpeg_was_saved_with_is_found(quality):
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", quality=quality)

    with Image.open(file) as photo:
        found = jpeg_quality(photo.quantization[0])

    assert found == quality


@pytest.mark.parametrize(("step", "quality"), [(1, 100), (255, 1), (60, 48)])
def test_a_table_of_another_maker_gets_the_quality_that_loses_as_much(step, quality):
    assert jpeg_quality([step] * 64) == quality
