from __future__ import annotations

import pytest
from PIL import ExifTags, Image

from tests.datasets.painting import paint
from tests.datasets.picturing import picture, save
from transferleaf.auditing.facts.file_facts import camera, file_facts
from transferleaf.errors import PhotoError


def exif(**tags):
    found = Image.Exif()
    for name, value in tags.items():
        found[getattr(ExifTags.Base, name)] = value
    return found


@pytest.mark.parametrize(
    ("name", "mode", "format_", "quality"),
    [
        ("a.jpg", "RGB", "JPEG", 75),
        ("a.jpg", "L", "JPEG", 75),
        ("a.jpg", "CMYK", "JPEG", 75),
        ("a.png", "RGBA", "PNG", None),
        ("a.png", "I;16", "PNG", None),
        ("a.bmp", "RGB", "BMP", None),
    ],
)
def test_format_mode_and_quality_are_those_of_the_file(tmp_path, name, mode, format_, quality):
    path = save(Image.new(mode, (30, 20)), tmp_path / name)

    facts = file_facts(path)

    assert (facts.format, facts.mode, facts.jpeg_quality) == (format_, mode, quality)
    assert (facts.width, facts.height, facts.turned) == (30, 20, False)
    assert (facts.frames, facts.camera) == (1, None)


def test_the_format_is_not_told_by_the_ending(tmp_path):
    path = save(picture(0), tmp_path / "a.jpg", format="PNG")

    assert file_facts(path).format == "PNG"


@pytest.mark.parametrize(
    ("orientation", "width", "height", "turned"),
    [
        (1, 30, 20, False),
        (2, 30, 20, True),
        (3, 30, 20, True),
        (6, 20, 30, True),
        (8, 20, 30, True),
        (0, 30, 20, False),
        (9, 30, 20, False),
    ],
)
@pytest.mark.parametrize("ending", ["jpg", "png", "tif"])
def test_sides_are_those_of_the_upright_photo(tmp_path, ending, orientation, width, height, turned):
    path = save(picture(0, (30, 20)), tmp_path / f"a.{ending}", exif=exif(Orientation=orientation))

    facts = file_facts(path)

    assert (facts.width, facts.height, facts.turned) == (width, height, turned)


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("Canon", "Canon PowerShot", "Canon PowerShot"),
        ("CANON", "Canon PowerShot", "Canon PowerShot"),
        ("SONY", "DSC-W80", "SONY DSC-W80"),
        ("  SONY \0rubbish", "DSC\tW80  \0", "SONY DSC W80"),
        (None, "DSC-W80", "DSC-W80"),
        ("SONY", None, "SONY"),
        (None, None, None),
        ("", "  ", None),
        (7, b"model", None),
        ("", "x" * 200, "x" * 80),
        ("\ud800", "a\x1bb", "a b"),
    ],
)
def test_a_camera_is_named_in_plain_letters(make, model, name):
    assert camera(make, model) == name


def test_the_camera_is_read_from_the_file(tmp_path):
    path = save(picture(0), tmp_path / "a.jpg", exif=exif(Make="SONY", Model="DSC-W80"))

    assert file_facts(path).camera == "SONY DSC-W80"


def test_frames_of_an_animation_are_counted(tmp_path):
    frames = [picture(seed) for seed in range(3)]
    path = save(frames[0], tmp_path / "a.gif", save_all=True, append_images=frames[1:])

    assert file_facts(path).frames == 3


def test_previews_that_a_phone_stores_beside_a_photo_are_no_frames(tmp_path):
    path = save(picture(0), tmp_path / "a.jpg", format="MPO", save_all=True)
    save(picture(0), path, format="MPO", save_all=True, append_images=[picture(0, (32, 32))])

    assert file_facts(path).frames == 1


def test_what_is_no_photo_is_refused(tmp_path):
    path = paint(tmp_path / "a.png")
    path.write_text("no photo")

    with pytest.raises(PhotoError) as caught:
        file_facts(path)

    assert caught.value.path == path
