from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from transferleaf.errors import ReviewFolderError, ReviewWriteError
from transferleaf.reviewing.journal import JOURNAL, Journal, has_review


def test_what_was_appended_is_there_when_the_journal_is_opened_again(tmp_path):
    with Journal(tmp_path / "review", subject="data") as journal:
        journal.append({"decision": 1})
        journal.append({"decision": "잎\udcff"})

    with Journal(tmp_path / "review", subject="data") as journal:
        assert journal.records == [{"decision": 1}, {"decision": "잎\udcff"}]


def test_a_line_is_on_the_disk_before_the_call_returns(tmp_path):
    with Journal(tmp_path, subject="data") as journal:
        journal.append({"decision": 1})

        last = (tmp_path / JOURNAL).read_bytes().splitlines()[-1]

    assert json.loads(last) == {"decision": 1}


@pytest.mark.parametrize("cut", [1, 5, 12])
def test_the_beginning_of_a_line_at_the_end_is_removed(tmp_path, cut):
    with Journal(tmp_path, subject="data") as journal:
        journal.append({"decision": 1})
        journal.append({"decision": 2})
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes()[:-cut])

    with Journal(tmp_path, subject="data") as journal:
        assert journal.records == [{"decision": 1}]
        journal.append({"decision": 3})

    with Journal(tmp_path, subject="data") as journal:
        assert journal.records == [{"decision": 1}, {"decision": 3}]


def test_a_damaged_line_in_the_middle_is_named_and_nothing_is_changed(tmp_path):
    with Journal(tmp_path, subject="data") as journal:
        journal.append({"decision": 1})
        journal.append({"decision": 2})
    path = tmp_path / JOURNAL
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"nonsense\n", lines[2]]))
    before = path.read_bytes()

    with pytest.raises(ReviewFolderError, match="is damaged in line 2"):
        Journal(tmp_path, subject="data")

    assert path.read_bytes() == before


def test_a_second_process_is_refused_while_the_first_has_it_open(tmp_path):
    with (
        Journal(tmp_path, subject="data"),
        pytest.raises(ReviewFolderError, match="in use by another transferleaf review"),
    ):
        Journal(tmp_path, subject="data")

    Journal(tmp_path, subject="data").close()


def test_a_process_that_was_killed_keeps_nobody_out_and_loses_nothing(tmp_path):
    program = (
        "import os, sys; from pathlib import Path\n"
        "from transferleaf.reviewing.journal import Journal\n"
        "journal = Journal(Path(sys.argv[1]), subject='data')\n"
        "journal.append({'decision': 1}); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)

    with Journal(tmp_path, subject="data") as journal:
        assert journal.records == [{"decision": 1}]


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "leaf.jpg").write_bytes(b"photo")

    with pytest.raises(ReviewFolderError, match="holds files and no review"):
        Journal(tmp_path, subject="data")

    assert [path.name for path in tmp_path.iterdir()] == ["leaf.jpg"]


def test_a_review_of_new_photos_is_not_continued_as_one_of_labels(tmp_path):
    Journal(tmp_path, subject="new photos").close()

    with pytest.raises(ReviewFolderError, match="review of new photos, not of data"):
        Journal(tmp_path, subject="data")


def test_another_file_of_that_name_is_refused(tmp_path):
    (tmp_path / JOURNAL).write_text('{"journal": "of somebody else"}\n')

    with pytest.raises(ReviewFolderError, match="not a journal of this version"):
        Journal(tmp_path, subject="data")


def test_a_full_disk_leaves_the_journal_as_it_was(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    with Journal(tmp_path, subject="data") as journal:
        journal.append({"decision": 1})
        before = journal.path.read_bytes()
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(ReviewWriteError, match="No space left on device"):
                journal.append({"decision": 2})

        assert journal.path.read_bytes() == before
        assert journal.records == [{"decision": 1}]


def test_a_closed_journal_takes_nothing(tmp_path):
    journal = Journal(tmp_path, subject="data")
    journal.close()

    with pytest.raises(ReviewWriteError, match="the review is closed"):
        journal.append({})


def test_a_folder_is_known_by_its_journal(tmp_path):
    assert not has_review(tmp_path)

    Journal(tmp_path, subject="data").close()

    assert has_review(tmp_path)


def test_the_lock_of_an_open_review_stays_fresh(tmp_path, monkeypatch):
    monkeypatch.setattr("transferleaf.reviewing.journal._HOUR", 0.01)

    with Journal(tmp_path / "review", subject="data"):
        lock = tmp_path / "review" / "in-use"
        os.utime(lock, (0, 0))
        for _ in range(500):
            if lock.stat().st_mtime > 0:
                break
            time.sleep(0.01)

        assert lock.stat().st_mtime > 0
