from __future__ import annotations

import io

import pytest

from transferleaf.commands.grammar.photo_paths import photo_paths


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Finds photos in a small folder, by words."""
    for name in ("a/1.jpg", "a/2.PNG", "a/deep/3.jpg", "a/notes.txt", "b[1].jpg", "empty/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)

    def find(*words: str, stdin: str = "") -> list[str]:
        return [path.as_posix() for path in photo_paths(words, io.StringIO(stdin))]

    return find


@pytest.mark.parametrize(
    ("words", "photos"),
    [
        (["a/1.jpg"], ["a/1.jpg"]),
        (["a"], ["a/1.jpg", "a/2.PNG", "a/deep/3.jpg"]),
        (["a/*.jpg"], ["a/1.jpg"]),
        (["**/*.jpg"], ["b[1].jpg", "a/1.jpg", "a/deep/3.jpg"]),
        (["a/d*"], ["a/deep/3.jpg"]),
        (["b[1].jpg"], ["b[1].jpg"]),
        (["a/notes.txt"], ["a/notes.txt"]),
        (["gone.jpg"], ["gone.jpg"]),
        (["empty"], ["empty"]),
        (["x*.jpg"], ["x*.jpg"]),
        (["a/2.PNG", "a/1.jpg"], ["a/2.PNG", "a/1.jpg"]),
    ],
)
def test_words_name_photos(found, words, photos):
    assert found(*words) == photos


def test_a_dash_reads_words_from_stdin(found):
    assert found("-", "a/2.PNG", stdin="a/1.jpg\r\n\na/deep\n-\n") == [
        "a/1.jpg",
        "a/deep/3.jpg",
        "a/2.PNG",
    ]


def test_photos_come_one_by_one(tmp_path):
    def endless():
        while True:
            yield "leaf.jpg"

    first = next(photo_paths(endless(), io.StringIO()))

    assert first.name == "leaf.jpg"
