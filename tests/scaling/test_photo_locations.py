"""Words find photos on this machine and behind URLs by the same rules."""

from __future__ import annotations

import sys
from typing import ClassVar

import pytest

from transferleaf.errors import ConfigError
from transferleaf.scaling.photo_locations import find_photos, in_memory, named_photo

fsspec = pytest.importorskip("fsspec", reason='pip install "transferleaf[ray]" brings fsspec')
memory = pytest.importorskip("fsspec.implementations.memory")

FILES = {
    "a/1.jpg": b"one",
    "2.JPG": b"two",
    "notes.txt": b"a/1.jpg\n2.JPG\n",
    "photos.csv": b"label,path\nrust,a/1.jpg\n",
    "other.csv": b"name\n1.jpg\n",
    ".hidden/3.jpg": b"three",
}


@pytest.fixture(params=["", "file://", "memory://"])
def root(request, tmp_path):
    """The same files as a folder, as a file:// URL and in memory. Gives the prefix of the names."""
    if request.param == "memory://":
        system = fsspec.filesystem("memory")
        system.store.clear()
        system.pipe({f"/clinic/{name}": content for name, content in FILES.items()})
        return "memory:///clinic"
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return f"{request.param}{tmp_path}"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("", ["2.JPG", "a/1.jpg"]),
        ("/a", ["a/1.jpg"]),
        ("/*.JPG", ["2.JPG"]),
        ("/*/1.jpg", ["a/1.jpg"]),
        ("/notes.txt", ["2.JPG", "a/1.jpg"]),
        ("/photos.csv", ["a/1.jpg"]),
        ("/none.jpg", ["none.jpg"]),
    ],
)
def test_a_word_finds_photos_in_the_order_of_their_names(root, word, expected):
    found = find_photos(f"{root}{word}")

    assert [location.name for location in found] == [f"{root}/{name}" for name in expected]


def test_a_photo_that_is_named_twice_comes_once(root):
    found = find_photos([f"{root}/2.JPG", root, f"{root}/*.JPG"])

    assert [location.name for location in found] == [f"{root}/2.JPG", f"{root}/a/1.jpg"]


def test_an_absent_photo_has_no_state_and_another_has_one(root):
    absent, there = named_photo(f"{root}/none.jpg"), named_photo(f"{root}/2.JPG")

    assert absent.state is None
    assert there.state is not None


def test_a_table_without_names_of_photos_is_refused(root):
    with pytest.raises(ConfigError) as caught:
        find_photos(f"{root}/other.csv")

    assert str(caught.value).endswith('must be a table with a column "path" or "file".')


def test_a_missing_list_is_refused(root):
    with pytest.raises(ConfigError, match="must be a list of photos that can be read"):
        find_photos(f"{root}/absent.csv")


def test_a_folder_without_photos_is_refused(tmp_path):
    with pytest.raises(ConfigError) as caught:
        find_photos(str(tmp_path))

    assert str(caught.value) == f"photos={str(tmp_path)!r} must name at least one photo."


def test_a_state_changes_with_the_photo(tmp_path):
    photo = tmp_path / "1.jpg"
    photo.write_bytes(b"one")
    before = named_photo(str(photo)).state

    photo.write_bytes(b"another")

    assert named_photo(str(photo)).state != before


def test_an_unknown_protocol_is_refused():
    with pytest.raises(ConfigError) as caught:
        find_photos("cloud9://clinic/1.jpg")

    assert str(caught.value) == (
        "url='cloud9://clinic/1.jpg' must be a URL that fsspec can open (Protocol not known: "
        "cloud9)."
    )


@pytest.mark.parametrize(
    ("url", "package"), [("s3://clinic/1.jpg", "s3fs"), ("gs://clinic/1.jpg", "gcsfs")]
)
def test_a_protocol_whose_package_is_absent_names_the_line_that_installs_it(
    monkeypatch, url, package
):
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(ConfigError) as caught:
        find_photos(url)

    assert str(caught.value) == (
        f"url={url!r} must be a URL whose file system is installed; pip install {package} "
        "installs it."
    )


def test_only_photos_in_memory_take_their_bytes_along(tmp_path):
    fsspec.filesystem("memory").pipe_file("/clinic/1.jpg", b"one")
    photo = tmp_path / "2.jpg"
    photo.write_bytes(b"two")

    found = in_memory(find_photos(["memory://clinic/1.jpg", photo]))

    assert {location.content for location in found} == {b"one", None}


@pytest.mark.parametrize("protocol", ["file", "memory"])
def test_a_name_with_brackets_is_a_photo_if_it_exists(tmp_path, protocol):
    folder = str(tmp_path) if protocol == "file" else "/brackets"
    system = fsspec.filesystem(protocol)
    system.pipe({f"{folder}/IMG[1].jpg": b"one", f"{folder}/all.txt": b"IMG[1].jpg\nIMG[2].jpg\n"})
    root = f"{protocol}://{folder}"

    assert [each.name for each in find_photos(f"{root}/IMG[1].jpg")] == [f"{root}/IMG[1].jpg"]
    found = find_photos(f"{root}/all.txt")
    assert [(each.name, each.state is None) for each in found] == [
        (f"{root}/IMG[1].jpg", False),
        (f"{root}/IMG[2].jpg", True),
    ]


class NamedHosts(memory.MemoryFileSystem):
    """A file system whose paths do not contain the host, such as SFTP."""

    protocol = "named"
    store: ClassVar[dict] = {}
    pseudo_dirs: ClassVar[list] = [""]

    @classmethod
    def _strip_protocol(cls, path):
        path = path.removeprefix("named://host")
        return super()._strip_protocol(path)


def test_the_host_of_a_url_stays_in_the_addresses(monkeypatch):
    fsspec.register_implementation("named", NamedHosts, clobber=True)
    NamedHosts().pipe({"/photos/1.jpg": b"one", "/photos/2.jpg": b"two"})

    for word in ("named://host/photos", "named://host/photos/*.jpg"):
        assert [each.address for each in find_photos(word)] == [
            "named://host/photos/1.jpg",
            "named://host/photos/2.jpg",
        ]
