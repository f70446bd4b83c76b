"""Dividing photos into parts: every class in each part, every leaf in one."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import numpy.typing as npt

from transferleaf.errors import ConfigError, SplitError

Indices = npt.NDArray[np.int64]


def split_indices(
    labels: Sequence[int] | Sequence[str] | npt.NDArray[np.generic],
    groups: Sequence[Hashable | None],
    fractions: Sequence[float],
    *,
    seed: int,
) -> list[Indices]:
    """Divide photos into parts, class by class, without cutting a group.

    The largest groups come first, those of one size in a seeded order; each goes to the part that
    lacks most photos of its classes. The last groups of a class go to the parts that have none
    of it yet.

    Args:
        labels: The class of each photo, shape ``(n_photos,)``.
        groups: The leaf of each photo, shape ``(n_photos,)``. Photos with an equal one stay
            together, also across classes; ``None`` is a leaf of its own.
        fractions: Share of each part, at least two, above 0 and with the sum 1.
        seed: At least 0; the same seed gives the same parts.

    Returns:
        For each part its positions in ``labels``, in increasing order. Every position is in
        exactly one part.

    Raises:
        ConfigError: ``fractions`` or ``seed`` cannot work.
        SplitError: A class has too few groups to be in every part.

    >>> [part.tolist() for part in split_indices([0, 0, 0, 1, 1], "aabcd", [0.5, 0.5], seed=0)]
    [[0, 1, 4], [2, 3]]
    """
    check_fractions(fractions)
    _check_seed(seed)
    names, classes = np.unique(np.asarray(labels), return_inverse=True)
    group_of_photo = _number_groups(groups)
    table = _GroupTable.count(group_of_photo, classes.astype(np.int64))
    parts = len(fractions)
    leaves = np.bincount(table.classes, minlength=len(names))
    _check_everywhere(names, leaves, leaves >= parts, parts)
    part_of_group = _assign(table, np.asarray(fractions, dtype=np.float64), len(names), seed)
    present = np.zeros((parts, len(names)), dtype=bool)
    present[part_of_group[table.groups], table.classes] = True
    _check_everywhere(names, leaves, np.logical_and.reduce(present), parts)
    part_of_photo = part_of_group[group_of_photo]
    return [np.flatnonzero(part_of_photo == part) for part in range(parts)]


def _check_seed(seed: int) -> None:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        # None would be numpy's way to draw another split each time.
        raise ConfigError("seed", seed, "be a whole number, so that the split can be repeated")
    if seed < 0:
        raise ConfigError("seed", seed, "be at least 0")


def check_fractions(fractions: Sequence[float]) -> None:
    """Raise unless ``fractions`` are two or more numbers above 0 with the sum 1.

    Raises:
        ConfigError: They are not.
    """
    if len(fractions) < 2:
        raise ConfigError("fractions", tuple(fractions), "be at least two, one for each part")
    if not all(isinstance(share, Real) for share in fractions):
        raise ConfigError("fractions", tuple(fractions), "be numbers")
    if not all(math.isfinite(share) and share > 0 for share in fractions):
        raise ConfigError("fractions", tuple(fractions), "all be above 0")
    if abs(sum(fractions) - 1) > 1e-6:
        raise ConfigError("fractions", tuple(fractions), f"add up to 1, not {sum(fractions):g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _GroupTable:
    """How many photos of which classes are in each group: one row per group and class in it.

    Most groups have one class, so this is far smaller than a matrix of groups and classes.
    """

    groups: Indices  # in increasing order
    classes: Indices
    photos: Indices

    @classmethod
    def count(cls, group_of_photo: Indices, class_of_photo: Indices) -> _GroupTable:
        pairs = np.stack([group_of_photo, class_of_photo])
        (groups, classes), photos = np.unique(pairs, axis=1, return_counts=True)
        return cls(groups=groups, classes=classes, photos=photos)

    def rows(self) -> list[slice]:
        """Where each group's rows are."""
        ends = np.cumsum(np.bincount(self.groups))
        return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _number_groups(groups: Sequence[Hashable | None]) -> Indices:
    """Number the groups from 0 in order of appearance; each ``None`` gets a number of its own."""
    numbers: dict[Hashable, int] = {}
    keys = (
        ("alone", position) if group is None else ("together", group)
        for position, group in enumerate(groups)
    )
    return np.asarray([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _assign(
    table: _GroupTable, fractions: npt.NDArray[np.float64], classes: int, seed: int
) -> Indices:
    """Give each group a part."""
    groups_left = np.bincount(table.classes, minlength=classes)
    photos_per_class = np.bincount(table.classes, table.photos, minlength=classes)
    lacking = _quotas(photos_per_class.astype(np.float64), fractions)
    empty = np.ones(lacking.shape, dtype=bool)
    lacking_in_all = lacking.sum(axis=1)
    rows = table.rows()
    assigned = np.empty(len(rows), dtype=np.int64)
    for group in _largest_first(table, seed):
        of, photos = table.classes[rows[group]], table.photos[rows[group]]
        # As many groups left as parts without the class: each of them is needed there.
        needed = groups_left[of] <= empty[:, of].sum(axis=0)
        urgent = (empty[:, of] & needed).sum(axis=1)
        # Rounding keeps differences in the last digit from deciding what is a tie.
        wanted = (lacking[:, of] @ photos).round(9)
        # Ties go to the part that lacks most photos of all classes.
        part = np.lexsort((-lacking_in_all, -wanted, -urgent))[0]
        assigned[group] = part
        lacking[part, of] -= photos
        lacking_in_all[part] -= photos.sum()
        empty[part, of] = False
        groups_left[of] -= 1
    return assigned


def _quotas(
    photos: npt.NDArray[np.float64], fractions: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Say how many photos of each class each part should have, shape ``(n_parts, n_classes)``.

    Whole numbers, less than 1 off the exact ones. What rounding costs a part in one class is owed
    to it in the next; else many small classes would all round in favour of the same part.
    """
    exact = fractions[:, None] * photos
    quotas: npt.NDArray[np.float64] = np.floor(exact.round(9))
    owed = np.zeros(len(fractions))
    for column, left in enumerate((photos - quotas.sum(axis=0)).round().astype(int)):
        owed += exact[:, column] - quotas[:, column]
        rounded_up = np.argsort(-owed.round(9), kind="stable")[:left]
        quotas[rounded_up, column] += 1
        owed[rounded_up] -= 1
    return quotas


def _largest_first(table: _GroupTable, seed: int) -> Indices:
    sizes = np.bincount(table.groups, table.photos)
    order = np.random.default_rng(seed).permutation(len(sizes))
    return order[np.argsort(-sizes[order], kind="stable")]


def _check_everywhere(
    names: npt.NDArray[np.generic],
    leaves: Indices,
    everywhere: npt.NDArray[np.bool_],
    parts: int,
) -> None:
    lacking = {
        str(name): int(count)
        for name, count, is_everywhere in zip(names, leaves, everywhere, strict=True)
        if not is_everywhere
    }
    if lacking:
        raise SplitError(parts, leaves=lacking)
