from __future__ import annotations

import numpy as np
import pytest

from transferleaf.errors import ConfigError
from transferleaf.head.memory import head_memory, memory_in_one_piece
from transferleaf.head.solver import fits_in_memory


@pytest.fixture(autouse=True)
def untold(monkeypatch):
    monkeypatch.delenv("TRANSFERLEAF_HEAD_MEMORY", raising=False)


def test_the_default_is_four_gigabytes():
    assert head_memory() == 4_000_000_000


def test_the_environment_says_how_much(monkeypatch):
    monkeypatch.setenv("TRANSFERLEAF_HEAD_MEMORY", "16GB")

    assert head_memory() == 16_000_000_000


def test_an_argument_has_priority_over_the_environment(monkeypatch):
    monkeypatch.setenv("TRANSFERLEAF_HEAD_MEMORY", "16GB")

    assert head_memory(5) == 5


def test_an_invalid_variable_is_refused(monkeypatch):
    monkeypatch.setenv("TRANSFERLEAF_HEAD_MEMORY", "plenty")

    with pytest.raises(ConfigError) as caught:
        head_memory()

    assert str(caught.value) == (
        'TRANSFERLEAF_HEAD_MEMORY=\'plenty\' must be a size above 0, such as "4GB" or "500 MB".'
    )


@pytest.mark.parametrize("memory", [0, -1, 1.5])
def test_an_invalid_argument_is_refused(memory):
    with pytest.raises(ConfigError) as caught:
        head_memory(memory)

    assert str(caught.value) == f"memory={memory} must be a whole number of bytes above 0."


@pytest.mark.parametrize(
    ("photos", "classes", "pairs"),
    [
        pytest.param(100, 3, True, id="as many photos as features"),
        pytest.param(150, 30, True, id="half as many more"),
        pytest.param(190, 3, False, id="about twice as many"),
        pytest.param(1000, 30, False, id="many more"),
    ],
)
def test_pairs_of_photos_count_if_their_product_is_cheaper(photos, classes, pairs):
    found = memory_in_one_piece(photos=photos, features=100, classes=classes)

    assert found == 4 * (photos * (100 + 20 * classes) + pairs * photos**2)


def test_a_problem_fits_up_to_the_very_budget():
    features = np.zeros((50, 10), np.float32)
    need = memory_in_one_piece(photos=50, features=10, classes=3)

    assert fits_in_memory(features, classes=3, memory=need)
    assert not fits_in_memory(features, classes=3, memory=need - 1)
