from __future__ import annotations

import threading

import numpy as np
import pytest

from tests.reviewing.made import photos, question, review
from transferleaf.errors import DecisionConflictError, DecisionError, ReviewFolderError


@pytest.fixture
def data(tmp_path):
    return photos(tmp_path / "photos")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "review"


def test_a_decision_says_who_when_and_on_which_content(data, folder):
    going = review(data, folder, by="ann")

    made = going.decide("label:Bean___rust/1.jpg", "relabel", class_name="Bean___healthy")

    assert (made.by, made.action, made.class_name) == ("ann", "relabel", "Bean___healthy")
    assert len(made.content) == 64
    assert made.at.endswith("Z")


def test_a_review_goes_on_where_it_was(data, folder):
    first = review(data, folder)
    first.decide("label:Bean___rust/1.jpg", "drop")
    first.journal.close()

    second = review(data, folder, by="ben")
    second.decide("label:Bean___rust/3.jpg", "keep")

    assert [(each.action, each.by) for each in second.decisions()] == [
        ("drop", "ann"),
        ("keep", "ben"),
    ]
    assert [item.photo for item in second.open_items()] == [0, 2, 4, 5]


def test_what_is_put_off_comes_last(data, folder):
    going = review(data, folder)
    going.decide("label:Bean___healthy/0.jpg", "later")

    assert [item.photo for item in going.open_items()] == [1, 2, 3, 4, 5, 0]


def test_a_dropped_photo_is_not_asked_about_again(data, folder):
    items = [question(data, 1), question(data, 2), question(data, 1, "quality")]
    going = review(data, folder, items)

    going.decide("label:Bean___rust/1.jpg", "drop")

    assert [item.key for item in going.open_items()] == ["label:Bean___healthy/2.jpg"]


def test_a_second_decision_replaces_the_first_and_undo_brings_it_back(data, folder):
    going = review(data, folder)
    key = "label:Bean___rust/1.jpg"
    going.decide(key, "keep")
    going.decide(key, "drop")

    undone = going.undo()

    assert undone.action == "drop"
    assert [each.action for each in going.decisions()] == ["keep"]
    going.undo()
    assert going.decisions() == ()
    assert going.undo() is None


def test_what_was_taken_back_stays_so_after_a_restart(data, folder):
    going = review(data, folder)
    going.decide("label:Bean___rust/1.jpg", "keep")
    going.undo()
    going.journal.close()

    assert review(data, folder).decisions() == ()


def test_of_two_pages_the_second_is_told_of_the_first(data, folder):
    going = review(data, folder)
    key = "label:Bean___rust/1.jpg"
    going.decide(key, "keep", seen=0)

    with pytest.raises(DecisionConflictError, match="ann decided 'keep' meanwhile"):
        going.decide(key, "drop", seen=0)

    assert [each.action for each in going.decisions()] == ["keep"]


def test_decisions_of_many_threads_are_all_kept(data, folder):
    going = review(data, folder)
    keys = [item.key for item in going.subject.items]
    threads = [threading.Thread(target=going.decide, args=(key, "keep")) for key in keys * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    going.journal.close()

    again = review(data, folder)
    assert len(again.journal.records) == 12
    assert {each.key for each in again.decisions()} == set(keys)


def test_a_file_that_has_changed_since_takes_no_decision(data, folder):
    going = review(data, folder)
    data.paths[1].write_bytes(b"another photo")

    with pytest.raises(DecisionConflictError, match="the file has changed; start the review again"):
        going.decide("label:Bean___rust/1.jpg", "keep")

    assert going.decisions() == ()


def test_a_file_that_is_gone_can_be_dropped_after_a_restart(data, folder):
    data.paths[1].unlink()
    going = review(data, folder)

    with pytest.raises(DecisionConflictError, match="the file is gone or unreadable"):
        going.decide("label:Bean___rust/1.jpg", "keep")

    assert going.decide("label:Bean___rust/1.jpg", "drop").content == ""


def test_a_decision_on_a_file_that_changed_later_does_not_count(data, folder):
    going = review(data, folder)
    going.decide("label:Bean___rust/1.jpg", "keep")
    going.decide("label:Bean___rust/3.jpg", "keep")
    going.journal.close()
    data.paths[1].write_bytes(b"another photo")

    again = review(data, folder)

    assert [each.photo for each in again.stale] == ["Bean___rust/1.jpg"]
    assert [each.photo for each in again.decisions()] == ["Bean___rust/3.jpg"]
    assert 1 in [item.photo for item in again.open_items()]


def test_a_review_of_other_photos_is_refused(data, folder, tmp_path):
    going = review(data, folder)
    going.decide("label:Bean___rust/1.jpg", "keep")
    going.journal.close()
    other = photos(tmp_path / "other", 1)

    with pytest.raises(ReviewFolderError, match="is a review of other photos"):
        review(other, folder)


@pytest.mark.parametrize(
    ("action", "facts", "told"),
    [
        ("relabel", {"class_name": "Bean___mould"}, "there is no class 'Bean___mould'"),
        ("relabel", {}, "there is no class None"),
        ("same-leaf", {"same_as": "elsewhere.jpg"}, "there is no other photo 'elsewhere.jpg'"),
        ("same-leaf", {"same_as": "Bean___rust/1.jpg"}, "there is no other photo"),
        ("same-leaf", {}, "there is no other photo None"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(data, folder, action, facts, told):
    going = review(data, folder)

    with pytest.raises(DecisionError, match=told):
        going.decide("label:Bean___rust/1.jpg", action, **facts)

    assert going.journal.records == []


def test_a_question_that_nobody_asked_is_refused(data, folder):
    with pytest.raises(DecisionError, match="this review does not ask about it"):
        review(data, folder).decide("label:../../secret.jpg", "keep")


def test_the_same_leaf_is_that_of_the_photo_beside_unless_another_is_named(data, folder):
    going = review(data, folder, [question(data, 1, "copy", other=3)])
    key = "copy:Bean___rust/1.jpg"

    assert going.decide(key, "same-leaf").same_as == "Bean___rust/3.jpg"
    assert going.decide(key, "same-leaf", same_as="Bean___rust/5.jpg").same_as == (
        "Bean___rust/5.jpg"
    )


def test_wrong_labels_are_counted_among_those_with_an_answer(data, folder):
    going = review(data, folder)
    going.decide("label:Bean___healthy/0.jpg", "relabel", class_name="Bean___rust")
    going.decide("label:Bean___rust/1.jpg", "drop")
    going.decide("label:Bean___healthy/2.jpg", "keep")
    going.decide("label:Bean___rust/3.jpg", "later")

    told = going.wrong_labels()

    assert (told.reviewed, told.wrong, told.others, told.left) == (3, 2, 3, None)


def test_photos_without_a_suspicion_are_not_counted(data, folder):
    going = review(data, folder, suspicions=np.full(6, np.nan))
    going.decide("label:Bean___healthy/0.jpg", "keep")

    told = going.wrong_labels()

    assert (told.reviewed, told.others) == (0, 0)


def test_a_line_that_is_no_decision_is_named(data, folder):
    going = review(data, folder)
    going.journal.append({"decision": {"number": 1, "action": "burn"}})
    going.journal.close()

    with pytest.raises(ReviewFolderError, match="has no decision in line 2"):
        review(data, folder)


def test_removing_a_damaged_record_keeps_the_others(data, folder):
    first = review(data, folder)
    for photo in range(3):
        first.decide(question(data, photo).key, "keep")
    first.journal.close()
    lines = first.journal.path.read_text().splitlines(keepends=True)
    first.journal.path.write_text("".join([*lines[:2], lines[3]]))

    second = review(data, folder)
    second.decide(question(data, 4).key, "drop")
    second.journal.close()

    made = review(data, folder).decisions()
    assert [data.names.index(each.photo) for each in made] == [0, 2, 4]


@pytest.mark.parametrize("kind", ["copy", "leak"])
def test_of_two_copies_one_stays(data, folder, kind):
    items = [
        question(data, 0, kind, action="drop", other=1),
        question(data, 1, "copy", action="drop", other=0),
        question(data, 2, "copy", action="same-leaf", other=0),
    ]
    going = review(data, folder, items)

    going.decide(items[0].key, "drop")

    assert [item.photo for item in going.open_items()] == [2]
