"""Connected pieces of masks."""

from __future__ import annotations

import numpy as np

from transferleaf.scenes.pieces import large_pieces, numbered_pieces, without_holes


def mask(*rows):
    return np.array([[sign == "#" for sign in row] for row in rows])


def test_pixels_that_touch_have_one_number_however_the_piece_winds():
    spiral = mask("#####", "....#", "###.#", "#...#", "#####")

    numbers = numbered_pieces(spiral)

    assert len(set(numbers[spiral].tolist())) == 1


def test_pixels_that_touch_at_corners_only_are_two_pieces():
    numbers = numbered_pieces(mask("#.", ".#"))

    assert numbers[0, 0] != numbers[1, 1]
    assert numbers[0, 1] == numbers[1, 0] == 0


def test_a_hole_is_filled_and_a_bay_is_not():
    ring, bay = mask("###", "#.#", "###"), mask("###", "#..", "###")

    assert without_holes(ring).all()
    assert (without_holes(bay) == bay).all()


def test_small_pieces_go():
    found = large_pieces(mask("##..", "##.#", "##.."), share=0.25)

    assert (found == mask("##..", "##..", "##..")).all()


def test_a_mask_without_pieces_stays_empty():
    assert not large_pieces(mask("..", ".."), share=0.5).any()
