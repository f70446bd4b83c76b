"""Every layout fulfils the contract, and the checks detect violations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.datasets.layouts.examples import EXAMPLES
from tests.datasets.painting import paint_all
from transferleaf.datasets import open_leaves
from transferleaf.datasets.layouts import LAYOUTS
from transferleaf.datasets.layouts.class_folders import ClassFolders
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Layout, Recognition
from transferleaf.errors import LayoutContractError
from transferleaf.testing import LAYOUT_CHECKS, LayoutSubject, check_layout, run_layout_check

every_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


@every_layout
@pytest.mark.parametrize("check", LAYOUT_CHECKS)
def test_a_layout_keeps_the_contract(tmp_path: Path, layout: Layout, check: str):
    run_layout_check(LayoutSubject(layout, EXAMPLES[layout.name](tmp_path)), check)


@every_layout
def test_an_example_is_opened_in_its_layout(tmp_path: Path, layout: Layout):
    example = EXAMPLES[layout.name](tmp_path)

    data = open_leaves(example)

    assert data.origin.startswith(f"{example}, read as {layout.name} (")


def test_names_of_layouts_are_unique():
    names = [layout.name for layout in LAYOUTS]

    assert sorted(set(names)) == sorted(names)


@dataclass
class Strange:
    """Class folders with changes."""

    found: FoundPhotos
    recognition: Recognition | None = None
    name: str = "strange"
    picture: str = "?"

    def recognise(self, root: Path) -> Recognition | None:
        return self.recognition or ClassFolders().recognise(root)

    def find(self, root: Path) -> FoundPhotos:
        return self.found


PHOTOS = ["a/1.png", "a/2.png", "b/1.png"]


@pytest.fixture
def found(tmp_path: Path) -> FoundPhotos:
    return ClassFolders().find(paint_all(tmp_path, PHOTOS))


def test_a_custom_layout_can_fulfil_it(tmp_path: Path, found: FoundPhotos):
    assert check_layout(Strange(found), tmp_path) is None


@pytest.mark.parametrize(
    ("changes", "check", "reason"),
    [
        ({"classes": ("a",)}, "several_classes", "it finds 1 classes, not two or more"),
        (
            {"classes": ("b", "a")},
            "classes_sorted",
            "its classes ['b', 'a'] are not sorted, each once",
        ),
        (
            {"classes": ("a", "e\u0301")},
            "classes_sorted",
            "'e\u0301' has accents as separate characters (not NFC)",
        ),
        ({"labels": (0, 1)}, "one_value_each", "it finds 2 labels for 3 photos"),
        ({"names": ("a/1.png",)}, "one_value_each", "it finds 1 names for 3 photos"),
        (
            {"parts": ("train",)},
            "one_value_each",
            "it finds 1 parts for 3 photos, neither all nor none",
        ),
        (
            {"leaves": ("x", None)},
            "one_value_each",
            "it finds 2 leaves for 3 photos, neither all nor none",
        ),
        (
            {"labels": (0, 1, 2)},
            "labels_cover_classes",
            "the label 2 is not an index of the 2 classes",
        ),
        ({"labels": (1, 1, 1)}, "labels_cover_classes", "the class 'a' has no photo"),
        ({"parts": ("train", "", "test")}, "parts_named", "a part has no name"),
        (
            {"names": ("a/1.png", "a/2.png", "../b/1.png")},
            "names_below_root",
            "the name '../b/1.png' is not a path below the root",
        ),
        (
            {"names": ("a/1.png", "a/2.png", "/b/1.png")},
            "names_below_root",
            "the name '/b/1.png' is not a path below the root",
        ),
        (
            {"names": ("a/1.png", "a/2.png", "b\\1.png")},
            "names_below_root",
            "the name 'b\\\\1.png' has a backslash",
        ),
        (
            {"names": ("a/1.png", "a/1.png", "b/1.png")},
            "names_below_root",
            "two photos have the same name",
        ),
        ({"paths": (Path("gone.png"),) * 3}, "paths_exist", "'gone.png' is not a file"),
    ],
)
def test_the_failed_check_of_a_broken_layout_is_reported(
    tmp_path: Path, found: FoundPhotos, changes: dict, check: str, reason: str
):
    subject = LayoutSubject(Strange(replace(found, **changes)), tmp_path)

    with pytest.raises(LayoutContractError) as caught:
        run_layout_check(subject, check)

    assert (caught.value.layout, caught.value.check) == ("strange", check)
    assert str(caught.value) == f"the layout 'strange' fails the check {check!r}: {reason}"


def test_a_layout_that_recognises_everything_is_caught(tmp_path: Path, found: FoundPhotos):
    greedy = Strange(found, recognition=Recognition(reason="it is there", sure=True))

    with pytest.raises(LayoutContractError) as caught:
        check_layout(greedy, tmp_path)

    assert str(caught.value) == (
        "the layout 'strange' fails the check 'leaves_others_alone': it recognises a missing path"
    )


def test_a_layout_that_gives_no_reason_is_caught(tmp_path: Path, found: FoundPhotos):
    silent = Strange(found, recognition=Recognition(reason="", sure=True))

    with pytest.raises(LayoutContractError, match="it gives no reason for recognising its own"):
        check_layout(silent, tmp_path)


def test_a_folder_that_is_not_recognised_is_caught(tmp_path: Path, found: FoundPhotos):
    with pytest.raises(LayoutContractError, match="it does not recognise its own example"):
        check_layout(Strange(found), tmp_path / "a")


def test_a_layout_with_changing_results_is_caught(tmp_path: Path, found: FoundPhotos):
    subject = LayoutSubject(Strange(found), tmp_path)
    assert subject.found is found
    subject.layout.found = replace(found, labels=(1, 1, 0))

    with pytest.raises(LayoutContractError, match="it finds different photos the second time"):
        run_layout_check(subject, "repeats")


def test_an_error_in_a_layout_is_named(tmp_path: Path):
    with pytest.raises(LayoutContractError) as caught:
        run_layout_check(LayoutSubject(ClassFolders(), tmp_path / "gone"), "several_classes")

    assert caught.value.check == "several_classes"
    assert str(caught.value).startswith(
        "the layout 'class folders' fails the check 'several_classes': FolderLayoutError: "
    )
