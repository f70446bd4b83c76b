from __future__ import annotations

import os
import subprocess
import sys

import pytest

from transferleaf.datasets.layouts.unfinished_folders import remove_abandoned, unfinished_folder

LONG_AGO = 1_000_000_000


@pytest.fixture
def target(tmp_path):
    return tmp_path / "photos"


def unfinished_by(target, owner):
    folder = target.with_name(f"{target.name}.partial-{owner}")
    (folder / "train").mkdir(parents=True)
    return folder


def test_an_unfinished_folder_is_next_to_its_target_with_a_unique_name(target):
    first, second = unfinished_folder(target), unfinished_folder(target)

    assert first.parent == target.parent
    assert first != second
    assert not first.exists()


def test_what_a_killed_process_left_is_removed(target):
    code = (
        "from pathlib import Path; import sys\n"
        "from transferleaf.datasets.layouts.unfinished_folders import unfinished_folder\n"
        "unfinished_folder(Path(sys.argv[1])).mkdir()"
    )
    subprocess.run([sys.executable, "-c", code, str(target)], check=True)
    [left] = target.parent.iterdir()

    remove_abandoned(target)

    assert not left.exists()


def test_what_a_running_process_fills_stays(target):
    folder = unfinished_folder(target)
    folder.mkdir()

    remove_abandoned(target)

    assert folder.exists()


@pytest.mark.parametrize(("age", "stays"), [("new", True), ("old", False)])
def test_a_day_without_progress_tells_of_other_machines(target, age, stays):
    folder = unfinished_by(target, "1-0123abcd-ffff")
    if age == "old":
        for path in (folder / "train", folder):
            os.utime(path, (LONG_AGO, LONG_AGO))

    remove_abandoned(target)

    assert folder.exists() == stays


def test_unfinished_folders_of_other_places_stay(target):
    folder = unfinished_by(target.with_name("more photos"), "1-0123abcd-ffff")
    for path in (folder / "train", folder):
        os.utime(path, (LONG_AGO, LONG_AGO))

    remove_abandoned(target)

    assert folder.exists()


def test_a_missing_folder_contains_none(tmp_path):
    remove_abandoned(tmp_path / "gone/photos")

    assert list(tmp_path.iterdir()) == []
