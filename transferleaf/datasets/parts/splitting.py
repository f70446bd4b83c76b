"""Division of photos into parts, stratified by class and grouped by leaf."""

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
    """Divide photos into parts, class by class, without separating a group.

    The largest groups come first; groups of equal size come in a seeded order. Each goes to the
    part that lacks most photos of its classes. The last groups of a class go to the parts without
    this class.

    Args:
        labels: The class of each photo, shape ``(n_photos,)``.
        groups: The leaf of each photo, shape ``(n_photos,)``. Photos with the same leaf stay
            together, also across classes. ``None`` means a separate leaf.
        fractions: Fraction of each part, at least two, above 0, with the sum 1.
        seed: Random seed, at least 0. The same seed gives the same parts.

    Returns:
        The indices of each part, in increasing order. Every index is in exactly one part.

    Raises:
        ConfigError: ``fractions`` or ``seed`` is invalid.
        SplitError: A class has fewer groups than there are parts.

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
        # With None, numpy would draw another split each time.
        raise ConfigError("seed", seed, "be a whole number, so that the split can be repeated")
    if seed < 0:
        raise ConfigError("seed", seed, "be at least 0")


def check_fractions(fractions: Sequence[float]) -> None:
    """Raise unless ``fractions`` are at least two numbers above 0 with the sum 1.

    Raises:
        ConfigError: They have other values.
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
    """The number of photos per group and class, with one row per group and class that occur.

    Most groups have one class, so this is much smaller than a matrix of groups and classes.
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
        """The rows of each group, as slices."""
        ends = np.cumsum(np.bincount(self.groups))
        return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _number_groups(groups: Sequence[Hashable | None]) -> Indices:
    """Number the groups from 0 in order of appearance. Each ``None`` is a separate group."""
    numbers: dict[Hashable, int] = {}
    keys = (
        ("alone", position) if group is None else ("together", group)
        for position, group in enumerate(groups)
    )
    return np.asarray([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _assign(
    table: _GroupTable, fractions: npt.NDArray[np.float64], classes: int, seed: int
) -> Indices:
    """Return the part of each group."""
    groups_left = np.bincount(table.classes, minlength=classes)
    photos_per_class = np.bincount(table.classes, table.photos, minlength=classes)
    lacking = _quotas(photos_per_class.astype(np.float64), fractions)
    empty = np.ones(lacking.shape, dtype=bool)
    lacking_in_all = lacking.sum(axis=1)
    rows = table.rows()
    assigned = np.empty(len(rows), dtype=np.int64)
    for group in _largest_first(table, seed):
        of, photos = table.classes[rows[group]], table.photos[rows[group]]
        # If there are as many groups left as parts without the class, each part needs one of them.
        needed = groups_left[of] <= empty[:, of].sum(axis=0)
        urgent = (empty[:, of] & needed).sum(axis=1)
        # Rounding makes differences in the last digit count as ties.
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
    """Return the target number of photos per part and class, shape ``(n_parts, n_classes)``.

    They are whole numbers that differ by less than 1 from the exact ones. Rounding errors of one
    class are carried over to the next. Otherwise many small classes would all be rounded to the
    same part.
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
