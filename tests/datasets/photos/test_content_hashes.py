from __future__ import annotations

import hashlib

from transferleaf.datasets.photos.content_hashes import content_hashes


def test_hashes_depend_on_content_in_order(tmp_path):
    contents = [b"", b"leaf", bytes(3_000_000)]
    paths = [tmp_path / str(number) for number in range(3)]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)

    hashes = content_hashes(paths)

    assert hashes == tuple(hashlib.sha256(content).hexdigest() for content in contents)


def test_an_unreadable_file_has_no_hash(tmp_path):
    assert content_hashes([tmp_path / "none", tmp_path, tmp_path / "nul\0.jpg"]) == (None,) * 3


def test_no_files_have_no_hashes():
    assert content_hashes([]) == ()
