"""Photos from a laboratory and from a field are told apart, whatever cannot be read."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from transferleaf.scenes.plain_grounds import look_for_plain_grounds


@pytest.fixture
def photos(tmp_path, plain_photo):
    """70 photos, so many of them with a plain background."""

    def make(plain):
        rng = np.random.default_rng(0)
        paths = [tmp_path / f"{number}.png" for number in range(70)]
        for number, path in enumerate(paths):
            noise = rng.integers(40, 160, (64, 64, 3), dtype=np.uint8)
            Image.fromarray(plain_photo if number < plain else noise).save(path)
        return paths

    return make


def test_a_laboratory_is_recognised_from_60_photos(photos):
    found = look_for_plain_grounds(photos(plain=70))

    assert (found.plain, found.looked_at) == (60, 60)
    assert found.is_laboratory


def test_a_field_is_no_laboratory(photos):
    assert not look_for_plain_grounds(photos(plain=20)).is_laboratory


def test_photos_that_cannot_be_read_are_passed_over(photos):
    paths = photos(plain=70)
    for path in paths[:30]:
        path.write_bytes(b"")

    found = look_for_plain_grounds(paths)

    assert 20 <= found.looked_at < 60
    assert not found.is_laboratory
