"""Reads photos before the plan of a fit is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import (
    FeatureGroup,
    default_groups,
    feature_groups,
    with_averages,
)
from transferleaf.text.progress import Reporter
from transferleaf.training.checks import check_folder
from transferleaf.training.feeding.feeds import Feed


def prefix_of(
    classifier: Any,
    *feeds: Feed | None,
    cache: str | PathLike[str] | None,
    verbose: int,
) -> FrozenPrefix:
    """Return the frozen network of a classifier, which computes the features of a fit.

    Args:
        classifier: A ``TransferClassifier``.
        *feeds: The photos of the fit.
        cache: Folder of the feature store.
        verbose: As for ``fit``.

    Raises:
        ConfigError: ``cache`` is not a folder.
    """
    check_folder("cache", cache)
    return FrozenPrefix(
        backbone=classifier.backbone,
        store=FeatureStore(cache),
        reporter=Reporter(verbose),
        # Before photos are left out: an interrupted fit must resume with the same engine.
        photos=sum(feed.about_photos() for feed in feeds if feed is not None),
    )


@dataclass(frozen=True, slots=True)
class StageReader:
    """Reads photos by computing the features of a head, which are stored.

    Attributes:
        prefix: Computes the features of the frozen network.
        groups: The feature groups of the head.
    """

    prefix: FrozenPrefix
    groups: Sequence[FeatureGroup]

    @classmethod
    def of(cls, classifier: Any, prefix: FrozenPrefix) -> StageReader:
        """Return the reader for the head of a classifier, or for the advice if it needs some."""
        layers, policy = classifier.backbone.describe(), classifier.freeze
        groups = default_groups(layers) if policy.undecided else feature_groups(policy, layers)
        return cls(prefix, with_averages(groups, layers))

    def read_all(self, feed: Feed, label: str) -> None:
        """Read all photos of ``feed``. A stream is not read.

        Raises:
            BadPhotosError: Some photos cannot be read.
        """
        if feed.indexed is not None:
            self.prefix.rows(feed.indexed.source, View(), groups=self.groups, cut=None, label=label)

    def unread(self, feed: Feed) -> list[int]:
        """Return the indices of the photos of ``feed`` that are not read yet."""
        if feed.indexed is None:
            return []
        return self.prefix.unread(feed.indexed.source, View(), groups=self.groups, cut=None)
