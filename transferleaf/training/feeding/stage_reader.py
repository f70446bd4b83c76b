"""Reads photos before the plan of a fit is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.training.feeding.feeds import Feed


@dataclass(frozen=True, slots=True)
class StageReader:
    """Reads photos by computing the features of a head, which are stored.

    Attributes:
        prefix: Computes the features of the frozen network.
        groups: The feature groups of the head.
    """

    prefix: FrozenPrefix
    groups: Sequence[FeatureGroup]

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
