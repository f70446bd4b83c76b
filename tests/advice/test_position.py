import pytest

from tests.advice.made import a_position, some_evidence
from transferleaf.advice.position import early_divergence, neighbours_of, position_of, quadrant_of
from transferleaf.advice.thresholds import DIVERGENCE, PHOTOS, Border
from transferleaf.quadrant import Quadrant


def seen(divergences, *, photos=900):
    """Evidence with these divergences, whatever else it says."""
    stages = tuple(f"stage{number}" for number in range(len(divergences)))
    similarity = {
        "stages": stages,
        "divergences": divergences,
    }
    return some_evidence(similarity=similarity, size={"photos": photos})


@pytest.mark.parametrize(
    ("divergences", "mean"),
    {
        "late stages do not count": ((0.1, 0.2, 0.9), 0.15),
        "of four stages, three are early": ((0.1, 0.1, 0.4, 0.9), 0.2),
        "a stage without batch norm does not count": ((None, 0.2, 0.9), 0.2),
        "no batch norm at all": ((None, None, None), None),
        "batch norm in a late stage alone": ((None, None, 0.3), None),
    }.values(),
)
def test_the_early_stages_tell_the_divergence(divergences, mean):
    assert early_divergence(seen(divergences).similarity) == pytest.approx(mean)


def test_a_border_is_in_the_middle_of_its_scale():
    measured = (DIVERGENCE.middle,) * 3

    where = position_of(seen(measured, photos=round(PHOTOS.middle)))

    assert where.similarity == pytest.approx(0.5)
    assert where.size == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(("less", "more"), [(0.05, 0.1), (0.1, 0.4), (0.4, 3.0)])
def test_more_divergence_is_less_similarity(less, more):
    assert position_of(seen((less,) * 3)).similarity > position_of(seen((more,) * 3)).similarity


@pytest.mark.parametrize(("few", "many"), [(10, 11), (500, 5_000), (50_000, 10_000_000)])
def test_more_photos_are_more_data(few, many):
    at = {photos: position_of(seen((0.1,) * 3, photos=photos)) for photos in (few, many)}

    assert at[few].size < at[many].size


def test_without_batch_norm_both_sides_are_possible():
    where = position_of(seen((None, None, None)))

    assert (where.similarity, where.similarity_deviation) == (0.5, 0.3)


def test_without_batch_norm_the_divergence_is_estimated_from_synthetic_photos():
    def estimated(value):
        similarity = {
            "stages": ("stem", "low", "high"),
            "divergences": (None,) * 3,
            "made_divergences": (value, value, 9.0),
        }
        return some_evidence(similarity=similarity)

    near, far = estimated(0.1), estimated(0.6)

    assert early_divergence(near.similarity) == pytest.approx(1.04 * 0.1**1.33)
    assert position_of(near).similarity > 0.5 > position_of(far).similarity
    assert position_of(near).similarity_deviation >= 0.2


@pytest.mark.parametrize("measured", [0.0, 1e-12, 1e12])
def test_the_ends_of_the_scale_lie_on_the_matrix(measured):
    border = Border(lowest=1.0, highest=2.0, spread=0.5)

    assert 0 <= border.coordinate(measured) <= 1
    assert border.deviation(measured) >= 0


def test_a_position_is_least_sure_at_the_border():
    border = Border(lowest=1.0, highest=4.0, spread=0.5)

    assert border.deviation(2.0) > border.deviation(1.0) > border.deviation(0.2)
    # A logarithm of 4 wide, equally likely anywhere, on a slope of 1/4 a spread.
    assert border.deviation(2.0) == pytest.approx(0.25 * 1.3863 / 12**0.5 / 0.5, rel=1e-4)


@pytest.mark.parametrize(
    ("similarity", "size", "quadrant"),
    [
        (0.9, 0.9, "I"),
        (0.1, 0.9, "II"),
        (0.1, 0.1, "III"),
        (0.9, 0.1, "IV"),
        (0.5, 0.5, "I"),
    ],
)
def test_a_position_is_in_one_quadrant(similarity, size, quadrant):
    position = a_position(similarity=similarity, size=size)

    assert quadrant_of(position) is Quadrant.named(quadrant)


@pytest.mark.parametrize(
    ("similarity", "size", "neighbours"),
    [
        (0.9, 0.9, []),
        (0.9, 0.55, ["IV"]),
        (0.45, 0.9, ["I"]),
        (0.55, 0.45, ["I", "II", "III"]),
    ],
)
def test_near_a_border_there_are_neighbours(similarity, size, neighbours):
    position = a_position(similarity=similarity, size=size, deviation=0.1)

    assert [cell.value for cell in neighbours_of(position)] == neighbours
