"""All of a run that can go wrong at once: photos, their parts, the network. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.augmenting.backgrounds import read_backgrounds
from transferleaf.classifier import TransferClassifier
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.opening import open_leaves
from transferleaf.datasets.parts.split import Split
from transferleaf.runs.config import RANDOM_WEIGHTS, RunConfig
from transferleaf.runs.parts import three_parts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedRun:
    """What a run needs before it may have a folder.

    Attributes:
        config: What is asked for.
        data: The photos.
        split: Their parts: train, val and test.
        split_note: A sentence on where the parts come from.
        classifier: Not trained yet.
    """

    config: RunConfig
    data: LeafDataset
    split: Split
    split_note: str
    classifier: TransferClassifier


def prepare(config: RunConfig) -> PreparedRun:
    """Open the photos, divide them and build the classifier, whose first values the seed decides.

    Raises:
        ConfigError: An option has a value that cannot work.
        UnknownBackboneError, PretrainedWeightsError: The network cannot be had.
        FolderLayoutError, DataError: The photos, or those for backgrounds, cannot be used.
        SplitError: There are too few leaves for three parts.
    """
    read_backgrounds(config.backgrounds)
    data = open_leaves(config.data, layout=config.layout, leaves=config.leaves)
    split, note = three_parts(data, val=config.val, test=config.test, seed=config.seed)
    # What no file brings begins at random: the head, or all of a network without weights.
    keras.utils.set_random_seed(config.seed)
    classifier = TransferClassifier(
        classes=split[0].classes,
        backbone=config.backbone,
        weights=None if config.weights == RANDOM_WEIGHTS else config.weights,
        freeze=config.policy,
        image_size=config.image_size,
        augment=_augmentation(config),
    )
    return PreparedRun(
        config=config, data=data, split=split, split_note=note, classifier=classifier
    )


def _augmentation(config: RunConfig) -> Augmentation | None:
    if config.augment == "field":
        return Augmentation.field(config.backgrounds)
    return Augmentation.leaf() if config.augment == "leaf" else None
