from __future__ import annotations

import os
import subprocess
import sys

import pytest

from transferleaf.files import whole_files
from transferleaf.files.whole_files import is_abandoned, remove, remove_abandoned, written_whole

DAY = 24 * 3600


@pytest.fixture
def part_of(tmp_path):
    """Leaves the unfinished file of a process behind, as after a kill."""

    def leave(pid: int | str, *, host: str | None = None, age: float = 0):
        part = tmp_path / f"{pid}-{host or whole_files._host()}-0123.part"
        part.touch()
        os.utime(part, (part.stat().st_mtime - age,) * 2)
        return part

    return leave


@pytest.fixture
def gone_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def write_and_fail(path, reason) -> None:
    with written_whole(path) as file:
        file.write(b"new")
        raise reason


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "a"

    with written_whole(path) as file:
        file.write(b"leaf")
        before = path.exists()

    assert not before
    assert path.read_bytes() == b"leaf"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("reason", [OSError, KeyboardInterrupt])
def test_an_interrupted_file_never_appears_and_leaves_nothing(tmp_path, reason):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    with pytest.raises(reason):
        write_and_fail(path, reason)

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot ask whether a process runs")
def test_the_file_of_an_ended_process_is_abandoned(part_of, gone_pid):
    assert is_abandoned(part_of(gone_pid))


def test_the_file_of_a_running_process_is_not_abandoned(part_of):
    assert not is_abandoned(part_of(os.getpid()))


@pytest.mark.parametrize(("age", "abandoned"), [(0, False), (DAY + 60, True)])
def test_a_day_decides_for_files_of_other_machines(part_of, gone_pid, age, abandoned):
    assert is_abandoned(part_of(gone_pid, host="elsewhere", age=age)) is abandoned


def test_a_day_decides_for_names_that_say_nothing(part_of):
    assert not is_abandoned(part_of("x"))
    assert is_abandoned(part_of("x", age=DAY + 60))


def test_a_part_that_vanishes_is_not_abandoned(tmp_path):
    assert not is_abandoned(tmp_path / "gone.part")


def test_removing_says_whether_the_file_is_gone(tmp_path):
    (tmp_path / "folder").mkdir()

    assert remove(tmp_path / "absent")
    assert not remove(tmp_path / "folder")


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot ask whether a process runs")
def test_only_what_is_abandoned_is_removed(tmp_path, part_of, gone_pid):
    part_of(gone_pid)
    being_written = part_of(os.getpid())
    photo = tmp_path / "1-0-0.jpg"
    photo.touch()

    remove_abandoned(tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted([being_written, photo])
