"""Photos that end their workers are found, left out and reported."""

from __future__ import annotations

import pytest

from transferleaf.errors import BulkRunError
from transferleaf.scaling.losses import KILLER, each_part
from transferleaf.scaling.parts import Part, cut
from transferleaf.scaling.photo_locations import PhotoLocation


class Machines:
    """Workers that end on some photos, or on parts that are too large.

    The result of a part are its photos, and those that were left out with the reason.
    """

    def __init__(self, *killers: str, room: int = 100, ends_by_chance: int = 0):
        self.killers = set(killers)
        self.room = room
        self.chance = ends_by_chance
        self.passes: list[list[int]] = []

    def __call__(self, parts, *, attempts):
        self.passes.append([len(part.photos) for part in parts])
        for position, part in enumerate(parts):
            for _ in range(attempts):
                if self.survives(part):
                    yield position, [location.shut or location.name for location in part.photos]
                    break

    def survives(self, part: Part) -> bool:
        if self.chance:
            self.chance -= 1
            return False
        opened = {location.name for location in part.photos if location.shut is None}
        return not opened & self.killers and len(opened) <= self.room


def parts(names: str, size: int) -> list[Part]:
    return list(cut([PhotoLocation(name, name, "there") for name in names], size))


def test_undisturbed_work_is_one_pass():
    machines = Machines()

    found = dict(each_part(parts("abcde", 2), machines))

    assert found == {0: ["a", "b"], 1: ["c", "d"], 2: ["e"]}
    assert machines.passes == [[2, 2, 1]]


@pytest.mark.parametrize("killers", ["a", "e", "h", "ab", "dgh", "abcdefgh"])
def test_each_killer_has_a_reason_and_all_other_photos_an_outcome(killers):
    found = dict(each_part(parts("abcdefgh", 3), Machines(*killers)))

    names = [KILLER if name in killers else name for name in "abcdefgh"]
    assert found == {0: names[:3], 1: names[3:6], 2: names[6:]}


def test_a_killer_costs_as_many_passes_as_its_part_can_be_halved():
    machines = Machines("f")

    dict(each_part(parts("abcdefghijkl", 8), machines))

    assert machines.passes == [
        [8, 4],  # all
        *([4, 4], [2, 2], [1, 1]),
        [1],  # the photo that ends workers, again
        [8],  # the part without it
    ]


@pytest.mark.parametrize("ends", range(1, 10))
def test_workers_that_end_for_other_reasons_lose_no_photo(ends):
    found = dict(each_part(parts("abcd", 4), Machines(ends_by_chance=ends)))

    assert found == {0: ["a", "b", "c", "d"]}


def test_a_part_that_is_too_large_for_a_worker_is_an_error():
    with pytest.raises(BulkRunError) as caught:
        dict(each_part(parts("abcdefgh", 4), Machines(room=3)))

    assert str(caught.value) == (
        "Ray failed (workers end on part 0, of 4 photos, but on none of its photos alone; give "
        "them more memory, or use smaller parts); what is finished is kept, and the same call "
        "continues from there."
    )
