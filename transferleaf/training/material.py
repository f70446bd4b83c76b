"""What a plan is run on: photos, and for each phase the way that spares most of the work."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.augmentation import Augmentation
from transferleaf.datasets.feeding import LabelForm
from transferleaf.freezing import FreezePlan, Phase
from transferleaf.training.cut import last_frozen_stage
from transferleaf.training.decoded import decoded_feed
from transferleaf.training.epochs import Epochs, PixelEpochs, StoredEpochs, StoredPhotos
from transferleaf.training.features import (
    HeadInputs,
    HeadPhotos,
    joined,
    stored_inputs,
    streamed_inputs,
)
from transferleaf.training.feeds import Feed
from transferleaf.training.frozen import FrozenPrefix, columns_of_stages
from transferleaf.training.head.space import Floats
from transferleaf.training.photos import PhotoFiles
from transferleaf.training.views import View, views_of

# Feature maps may take so much of the disk's free room.
_SHARE_OF_DISK = 0.5


@dataclass(kw_only=True)
class Material:
    """The photos of a fit.

    Attributes:
        train: The photos to learn from.
        validation: The photos that judge, if any.
        prefix: Computes and stores what is frozen.
        plan: What will be done.
        labels: The form of labels that the loss takes.
        class_weight: Weight of each class, shape ``(n_classes,)``, if any.
        augment: How training photos are varied, if at all.
        views: Varied views of each photo that are computed once.
        seed: Seeds order and changes.
    """

    train: Feed
    validation: Feed | None
    prefix: FrozenPrefix
    plan: FreezePlan
    labels: LabelForm
    class_weight: Floats | None
    augment: Augmentation | None
    views: int
    seed: int
    _said: set[str] = field(default_factory=set)

    @cached_property
    def head_stages(self) -> tuple[int, ...]:
        """Positions of the stages that feed the head."""
        names = self.prefix.backbone.stage_names
        return tuple(names.index(name) for name in self.plan.head_stages)

    @property
    def leaves(self) -> tuple[str | None, ...] | None:
        """The leaf that each training photo shows, where known."""
        return None if self.train.known is None else self.train.known.leaves

    def steps_per_epoch(self) -> int:
        """Number of training batches; a stream is read once to count them."""
        return self._steps

    @cached_property
    def _steps(self) -> int:
        if self.train.steps is None:
            return sum(1 for _ in self.train.open(None)) or 1
        return self.train.steps or 1

    def head_inputs(self) -> HeadPhotos:
        """What the head is solved on: features of all photos, in all views."""
        columns = self._columns(self.head_stages)
        unseen = None
        if self.validation is not None:
            unseen = self._features(self.validation, "validation photos", View(), columns)
        seen = self._features(self.train, "training photos", View(), columns)
        varied = [
            self._features(self.train, f"view {view.number} of the photos", view, columns)
            for view in self._views[1:]
        ]
        return HeadPhotos(learnt=joined([seen, *varied]), seen=seen, unseen=unseen)

    def epochs(self, phase: Phase) -> tuple[int | None, Epochs]:
        """The cut of a gradient phase, and the batches of its epochs."""
        cut = self._cut(phase)
        if cut is None or self.train.known is None:
            return None, PixelEpochs(
                feed=self._decoded(self.train, phase, "training photos"),
                judges=self.validation
                and self._decoded(self.validation, phase, "validation photos"),
                image_size=self.prefix.backbone.image_size,
                classes=self.plan.classes,
                class_weight=self.class_weight,
                augment=self.augment,
                seed=self.seed,
            )
        early = tuple(stage for stage in self.head_stages if stage <= cut)
        inputs = ["averages"] if early else []
        inputs += ["map"] if self._map(cut) is not None else []
        return cut, StoredEpochs(
            photos=self._stored(self.train, self._views, cut, "training photos"),
            judges=None
            if self.validation is None
            else self._stored(self.validation, (View(),), cut, "validation photos"),
            inputs=inputs,
            columns=self._columns(early),
            labels=self.labels,
            class_weight=self.class_weight,
            batch_size=self.train.batch_size or 32,
            seed=self.seed,
        )

    def _decoded(self, feed: Feed, phase: Phase, what: str) -> Feed:
        """The feed with its photos decoded once, where they are files and there is room."""
        if feed.known is None or not isinstance(feed.known.source, PhotoFiles) or phase.epochs < 2:
            return feed
        need = len(feed.known.source) * 3 * self.prefix.backbone.image_size**2
        if need > self.prefix.store.room(_SHARE_OF_DISK):
            return feed
        pixels = self.prefix.pixels(feed.known.source, label=f"decoding the {what}")
        return decoded_feed(feed, pixels, self.labels)

    @cached_property
    def _views(self) -> tuple[View, ...]:
        return views_of(self.augment, self.views)

    def _columns(self, stages: tuple[int, ...]) -> NDArray[np.int64]:
        return columns_of_stages(self.prefix.backbone, stages)

    def _features(
        self, feed: Feed, what: str, view: View, columns: NDArray[np.int64]
    ) -> HeadInputs:
        label = f"features of the {what}"
        mixes = view.augment is not None and view.augment.mixes_labels
        if feed.known is not None and not mixes:
            rows = self.prefix.rows(feed.known.source, view, cut=self._coming_map, label=label)
            return stored_inputs(feed.known, rows.averages, columns)
        batches = feed.open(None)
        if view.augment is not None:
            seed = self.seed + view.number
            batches = view.augment.apply(batches, classes=self.plan.classes, seed=seed)
        return streamed_inputs(
            self.prefix, batches, columns, feed=feed, n_classes=self.plan.classes, label=label
        )

    @cached_property
    def _coming_map(self) -> int | None:
        """The feature map that the last phase will start from, to be computed on the way."""
        cut = self._cut(self.plan.phases[-1])
        return None if cut is None else self._map(cut)

    def _map(self, cut: int) -> int | None:
        """The stage whose feature map is needed: none where nothing trains behind it."""
        return cut if cut < len(self.prefix.backbone.stages) - 1 else None

    def _stored(self, feed: Feed, views: tuple[View, ...], cut: int, what: str) -> StoredPhotos:
        assert feed.known is not None
        rows = [
            self.prefix.rows(
                feed.known.source,
                view,
                cut=self._map(cut),
                label=f"feature maps of the {what}",
            )
            for view in views
        ]
        return StoredPhotos(known=feed.known, views=rows)

    def _cut(self, phase: Phase) -> int | None:
        """Position of the last stage that need not run in each epoch of ``phase``."""
        cut = last_frozen_stage(phase)
        if cut is None:
            return None
        reason = self._why_whole(cut)
        if reason is None:
            return cut
        if reason not in self._said:
            self._said.add(reason)
            self.prefix.reporter.say(f"The whole network runs in each epoch: {reason}.")
        return None

    def _why_whole(self, cut: int) -> str | None:
        """Why frozen stages have to run in each epoch; ``None`` where they need not."""
        feeds = [self.train] if self.validation is None else [self.train, self.validation]
        if any(feed.known is None for feed in feeds):
            return "photos of a tf.data.Dataset cannot be asked for by position"
        if self.augment is not None and self.augment.mixes_labels:
            return "the augmentation mixes photos anew each time"
        if self.augment is not None and not self.views:
            return "the policy's views=0 asks for new changes each time"
        if self._map(cut) is None:
            return None
        photos = (self.train.photos or 0) * len(self._views)
        photos += 0 if self.validation is None else self.validation.photos or 0
        need = self.prefix.nbytes(photos, cut)
        room = self.prefix.store.room(_SHARE_OF_DISK)
        if need > room:
            return (
                f"stored feature maps would take {need / 1e9:.1f} GB and there is room for "
                f"{room / 1e9:.1f} (TRANSFERLEAF_CACHE_LIMIT)"
            )
        return None
