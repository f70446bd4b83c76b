"""Preparation of a run: photos, split and network, without writing anything."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from transferleaf.adapting.adapting import photos_without_labels
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
    """Everything that a run needs before its folder is created.

    Attributes:
        config: The configuration.
        data: The photos.
        split: The parts: train, val and test.
        split_note: A sentence about the origin of the parts.
        classifier: The untrained classifier.
    """

    config: RunConfig
    data: LeafDataset
    split: Split
    split_note: str
    classifier: TransferClassifier


def prepare(config: RunConfig) -> PreparedRun:
    """Open and split the photos, and build the classifier with the seed of the run.

    Raises:
        ConfigError: An option has an invalid value.
        UnknownBackboneError, PretrainedWeightsError: The backbone is not available.
        FolderLayoutError, DataError: The photos, the backgrounds, or the photos without labels
            cannot be used.
        SplitError: There are too few leaves for three parts.
    """
    read_backgrounds(config.backgrounds)
    if config.unlabeled is not None:
        photos_without_labels(config.unlabeled)
    data = open_leaves(config.data, layout=config.layout, leaves=config.leaves)
    split, note = three_parts(data, val=config.val, test=config.test, seed=config.seed)
    # Weights that are not loaded are random: the head, or a whole network without weights.
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
