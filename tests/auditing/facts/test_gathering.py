from __future__ import annotations

import os
import threading

import pytest
from PIL import ExifTags, Image

from tests.datasets.picturing import picture, save
from transferleaf.auditing.facts import PhotoFacts, gathering, photo_facts
from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.datasets.photos.limits import PIXEL_LIMIT
from transferleaf.errors import ConfigError, PhotoError

LONG_AGO = (1000, 1000)


@pytest.fixture
def paths(tmp_path):
    """Six photos that have not changed for long."""
    saved = [save(picture(seed), tmp_path / "photos" / f"ä {seed}.jpg") for seed in range(6)]
    for path in saved:
        os.utime(path, LONG_AGO)
    return saved


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def decoded(monkeypatch):
    """Names of the photos that are decoded from now on."""
    names = []
    look_at = gathering.look_at

    def watched(path, content):
        names.append(path.name)
        return look_at(path, content)

    monkeypatch.setattr(gathering, "look_at", watched)
    return names


@pytest.fixture
def read(monkeypatch):
    """Names of the files whose bytes are read from now on."""
    names = []
    read_content = gathering.read_content

    def watched(path):
        names.append(path.name)
        return read_content(path)

    monkeypatch.setattr(gathering, "read_content", watched)
    return names


def lookers():
    """The threads that are looking."""
    return [thread for thread in threading.enumerate() if "transferleaf-facts" in thread.name]


def test_all_facts_of_a_photo_are_told(tmp_path, cache):
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "DSC-W80"
    path = save(picture(0, (60, 40)), tmp_path / "a.jpg", quality=88, exif=exif)

    (facts,) = photo_facts([path], cache=cache)

    assert facts.error is None
    assert facts.nbytes == path.stat().st_size
    assert (facts.format, facts.mode, facts.width, facts.height) == ("JPEG", "RGB", 60, 40)
    assert (facts.turned, facts.frames, facts.camera) == (False, 1, "DSC-W80")
    assert facts.jpeg_quality == 88
    assert 0.2 < facts.brightness < 0.8
    assert [len(facts.border), len(facts.thumbnail), len(facts.perceptual_hash)] == [48, 768, 8]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("chunk", [1, 4, 100])
def test_facts_come_in_the_order_of_the_paths(monkeypatch, paths, cache, workers, chunk):
    monkeypatch.setattr(gathering, "_CHUNK", chunk)
    alone = [photo_facts([path], cache=cache / path.name)[0] for path in paths]

    facts = photo_facts([*reversed(paths), paths[2]], workers=workers, cache=cache)

    assert list(facts) == [*reversed(alone), alone[2]]


def test_names_of_files_will_do(paths, cache):
    assert photo_facts([str(paths[0])], cache=str(cache)) == photo_facts(paths[:1], cache=cache)


def test_no_photos_have_no_facts(cache):
    assert photo_facts([], cache=cache) == ()


def test_turned_photos_are_measured_upright(tmp_path, cache):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    upright = save(picture(0, (60, 40)), tmp_path / "a.png")
    turned = picture(0, (60, 40)).transpose(Image.Transpose.ROTATE_90)
    turned_path = save(turned, tmp_path / "b.png", exif=exif)

    one, other = photo_facts([upright, turned_path], cache=cache)

    assert (one.turned, other.turned) == (False, True)
    assert (one.width, one.height, one.thumbnail) == (other.width, other.height, other.thumbnail)


def test_facts_from_the_cache_are_the_same(paths, cache):
    first = photo_facts(paths, cache=cache)

    assert photo_facts(paths, cache=cache) == first


def test_unchanged_files_are_not_even_read(paths, cache, read):
    photo_facts(paths, cache=cache)
    read.clear()

    photo_facts(paths, cache=cache)

    assert read == []


def test_a_renamed_photo_is_not_decoded_again(paths, cache, decoded):
    before = photo_facts(paths, cache=cache)
    decoded.clear()

    moved = [path.rename(path.with_name(f"moved {path.name}")) for path in paths]

    assert photo_facts(moved, cache=cache) == before
    assert decoded == []


def test_a_changed_photo_is_looked_at_again(paths, cache):
    before = photo_facts(paths, cache=cache)

    save(picture(77), paths[1])
    os.utime(paths[1], LONG_AGO)
    after = photo_facts(paths, cache=cache)

    assert after[1].sha256 != before[1].sha256
    assert after[1].thumbnail != before[1].thumbnail
    assert after[2:] == before[2:]


def test_a_file_that_was_just_written_is_read_again_and_not_decoded(paths, cache, read, decoded):
    os.utime(paths[0])
    photo_facts(paths, cache=cache)
    read.clear()
    decoded.clear()

    photo_facts(paths, cache=cache)

    assert (read, decoded) == ([paths[0].name], [])


def test_facts_of_a_file_that_changes_meanwhile_are_not_remembered(
    monkeypatch, paths, cache, decoded
):
    watched = gathering.look_at

    def change_then_look(path, content):
        save(picture(50), path)
        return watched(path, content)

    monkeypatch.setattr(gathering, "look_at", change_then_look)
    photo_facts(paths[:1], cache=cache)
    decoded.clear()
    monkeypatch.setattr(gathering, "look_at", watched)

    save(picture(0), paths[0])
    (facts,) = photo_facts(paths[:1], cache=cache)

    assert decoded == [paths[0].name]
    assert facts.thumbnail == photo_facts(paths[:1], cache=cache / "other")[0].thumbnail


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def empty(path):
    path.write_bytes(b"")


def no_photo(path):
    path.write_text("my notes")


def gone(path):
    path.unlink()


def folder(path):
    path.unlink()
    path.mkdir()


def too_large(path):
    Image.new("1", (PIXEL_LIMIT // 100 + 1, 100)).save(path, "PNG")


def pipe(path):
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("harm", [cut, empty, no_photo, gone, folder, too_large])
def test_a_broken_file_is_told_in_the_words_of_decoding(paths, cache, harm):
    harm(paths[1])
    with pytest.raises(PhotoError) as caught:
        read_photo(paths[1])

    facts = photo_facts(paths, cache=cache)

    assert facts[1].error == caught.value.reason
    assert facts[1] == PhotoFacts(
        sha256=facts[1].sha256, nbytes=facts[1].nbytes, error=facts[1].error
    )
    assert [each.error for each in facts[:1] + facts[2:]] == [None] * 5


@pytest.mark.parametrize(("harm", "known"), [(cut, True), (empty, True), (gone, False)])
def test_the_bytes_of_a_broken_file_are_known_where_there_are_any(paths, cache, harm, known):
    harm(paths[0])

    (facts,) = photo_facts(paths[:1], cache=cache)

    assert (facts.sha256 is not None, facts.nbytes is not None) == (known, known)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(paths, cache):
    pipe(paths[0])

    (facts,) = photo_facts(paths[:1], cache=cache)

    assert facts.error == "it is a device or a pipe, not a file."


def test_a_name_that_no_file_can_have_is_a_broken_file(cache):
    (facts,) = photo_facts(["a\0b.jpg"], cache=cache)

    assert "embedded null" in facts.error


def test_a_broken_file_is_looked_at_again(paths, cache, decoded):
    cut(paths[0])
    os.utime(paths[0], LONG_AGO)
    photo_facts(paths, cache=cache)
    decoded.clear()

    photo_facts(paths, cache=cache)

    assert decoded == [paths[0].name]


@pytest.mark.parametrize("size", [(1, 1), (30_000, 1), (1, 30_000)])
def test_odd_shapes_are_measured_too(tmp_path, cache, size):
    path = save(Image.new("RGB", size, (255, 255, 255)), tmp_path / "a.png")

    (facts,) = photo_facts([path], cache=cache)

    assert (facts.width, facts.height) == size
    assert (facts.error, facts.bright_share, facts.sharpness) == (None, 1.0, 0.0)


@pytest.mark.parametrize("seen_before", [0, 3, 6])
def test_the_caller_is_told_how_far_it_is(paths, cache, seen_before):
    photo_facts(paths[:seen_before], cache=cache)
    told = []

    photo_facts([*paths, paths[0]], progress=lambda *count: told.append(count), cache=cache)

    assert told == [(done, 6) for done in range(1, 7)]


def test_after_ctrl_c_what_was_found_is_not_looked_at_again(paths, cache, decoded):
    def interrupt(done, total):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        photo_facts(paths, workers=1, progress=interrupt, cache=cache)
    decoded.clear()
    photo_facts(paths, cache=cache)

    assert lookers() == []
    assert not {path.name for path in paths[:4]} & set(decoded)


def test_threads_end_with_the_last_photo(paths, cache):
    photo_facts(paths, cache=cache)

    assert lookers() == []


def test_the_cache_lies_where_the_environment_says(monkeypatch, paths, cache):
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(cache))

    photo_facts(paths)

    assert [path.name for path in cache.iterdir()] == ["photo-facts-1.sqlite3"]


def test_no_worker_is_refused(paths):
    with pytest.raises(ConfigError) as caught:
        photo_facts(paths, workers=0)

    assert str(caught.value) == "workers=0 must be at least 1."


@pytest.mark.real
def test_real_photos_have_facts(real_photos, cache):
    paths = sorted((real_photos / "plantvillage-mini").rglob("*.JPG"))[::100]

    facts = photo_facts(paths, cache=cache)

    assert {(each.error, each.width, each.height, each.format) for each in facts} == {
        (None, 256, 256, "JPEG")
    }
    assert len({each.jpeg_quality for each in facts}) == 1
    assert len({each.perceptual_hash for each in facts}) == len(paths)
