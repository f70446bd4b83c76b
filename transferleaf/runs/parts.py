"""The three parts of the photos of a run: training, validation and test."""

from __future__ import annotations

from dataclasses import replace

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.split import Split
from transferleaf.errors import ConfigError
from transferleaf.text.wording import counted

NAMES = ("train", "val", "test")


def three_parts(data: LeafDataset, *, val: float, test: float, seed: int) -> tuple[Split, str]:
    """Split photos by leaf into train, val and test. Published parts are kept.

    Args:
        data: The photos, with or without parts.
        val: Share of the validation photos, in (0, 1).
        test: Share of the test photos, in (0, 1).
        seed: Random seed. The same seed gives the same parts.

    Returns:
        The parts, and a sentence about their origin. If a published data set has no val or test
        part, it is taken from the train part, as the given share of it.

    Raises:
        ConfigError: The published parts have no train part, or contain other parts.
        SplitError: A class has too few leaves to be in every part.
    """
    if not data.parts:
        split = data.split(round(1 - val - test, 12), val, test, seed=seed)
        return split, f"The photos were divided {_by(data)}, with seed {seed}."
    published = dict(zip((whole := data.split()).names, whole, strict=True))
    if "train" not in published or not published.keys() <= set(NAMES):
        must = "have a train part and no others than val and test"
        raise ConfigError("parts", whole.names, must)
    told = f"The published parts were kept ({', '.join(whole.names)})"
    for name, share in (("val", val), ("test", test)):
        if name not in published:
            rest, taken = published["train"].split(1 - share, share, seed=seed)
            published |= {"train": rest, name: taken}
            told += f"; {name} was taken from train, {_by(data)}"
    parts = tuple(published[name] for name in NAMES)
    return replace(
        whole,
        parts=parts,
        names=NAMES,
        fractions=tuple(len(part) / len(data) for part in parts),
    ), f"{told}."


def _by(data: LeafDataset) -> str:
    """Describe what was kept together in the split."""
    unknown = data.leaves.count(None)
    if not unknown:
        return "by leaf"
    if unknown == len(data):
        return "by photo, as no leaf is known"
    return f"by leaf, and by photo where the leaf is unknown ({counted(unknown, 'photo')})"
