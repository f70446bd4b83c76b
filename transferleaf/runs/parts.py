"""The three parts of a run's photos: to train on, to choose by, and to report on."""

from __future__ import annotations

from dataclasses import replace

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.split import Split
from transferleaf.errors import ConfigError
from transferleaf.wording import counted

NAMES = ("train", "val", "test")


def three_parts(data: LeafDataset, *, val: float, test: float, seed: int) -> tuple[Split, str]:
    """Divide photos by leaf into train, val and test; what their publisher divided stays so.

    Args:
        data: The photos, with or without parts.
        val: Share to choose by, in (0, 1).
        test: Share to report on, in (0, 1).
        seed: The same seed gives the same parts.

    Returns:
        The parts, and a sentence on where they come from. Where the publisher made no val or no
        test part, it is taken from the train part alone, as the given share of that.

    Raises:
        ConfigError: The publisher's parts have no train among them, or others than these.
        SplitError: A class has too few leaves to be in every part.
    """
    if not data.parts:
        split = data.split(round(1 - val - test, 12), val, test, seed=seed)
        return split, f"The photos were divided {_by(data)}, with seed {seed}."
    published = dict(zip((whole := data.split()).names, whole, strict=True))
    if "train" not in published or not published.keys() <= set(NAMES):
        must = "have a train part, and besides none but val and test"
        raise ConfigError("parts", whole.names, must)
    told = f"The publisher's parts were kept ({', '.join(whole.names)})"
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
    """Say what was kept together when photos were divided."""
    unknown = data.leaves.count(None)
    if not unknown:
        return "by leaf"
    if unknown == len(data):
        return "by photo, as no leaf is known"
    return f"by leaf, and by photo where the leaf is unknown ({counted(unknown, 'photo')})"
