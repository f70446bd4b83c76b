"""The photos of a fit, and the cheapest inputs for each phase of its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import tensorflow as tf

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.datasets.feeding import LabelForm
from transferleaf.features.frozen import FrozenPrefix, FrozenRows
from transferleaf.features.photos import PhotoFiles, PhotoSource
from transferleaf.features.views import View, views_of
from transferleaf.freezing import FreezePlan, Method, Phase
from transferleaf.freezing.feature_groups import FeatureGroup, with_averages
from transferleaf.head.space import Floats
from transferleaf.training.feeding.decoded import decoded_feed
from transferleaf.training.feeding.feeds import Feed
from transferleaf.training.phases.cut import last_frozen_stage
from transferleaf.training.phases.epochs import (
    PhaseEpochs,
    PixelEpochs,
    StoredEpochs,
    StoredPhotos,
)
from transferleaf.training.phases.head_inputs import (
    HeadInputs,
    HeadPhotos,
    joined,
    stored_inputs,
    streamed_inputs,
)

# What the first step stores for each photo.
_Stored = Literal["features", "maps", "pixels", "readable"]

# Maximum share of the free disk space for feature maps.
_SHARE_OF_DISK = 0.5


@dataclass(kw_only=True)
class PhaseInputs:
    """The photos of a fit.

    Attributes:
        train: The training photos.
        validation: The validation photos, if any.
        prefix: Computes and stores the outputs of frozen stages.
        plan: The plan of the fit.
        groups: The feature groups of the head.
        labels: The form of labels that the loss takes.
        class_weight: Weight of each class, shape ``(n_classes,)``, if any.
        augment: Augmentation of the training photos, if any.
        views: Number of stored augmented views of each photo.
        seed: Seed for order and augmentation.
    """

    train: Feed
    validation: Feed | None
    prefix: FrozenPrefix
    plan: FreezePlan
    groups: Sequence[FeatureGroup]
    labels: LabelForm
    class_weight: Floats | None
    augment: Augmentation | None
    views: int
    seed: int
    _reasons: dict[int, str | None] = field(default_factory=dict)
    # By the ``id`` of a source and the number of a view. The source is stored to keep its ``id``.
    _found: dict[tuple[int, int], tuple[PhotoSource, FrozenRows]] = field(default_factory=dict)

    @property
    def leaves(self) -> tuple[str | None, ...] | None:
        """The leaf that each training photo shows, if known."""
        return None if self.train.indexed is None else self.train.indexed.leaves

    @cached_property
    def steps_per_epoch(self) -> int:
        """The number of training batches. A stream is read once to count them."""
        if self.train.steps is None:
            return sum(1 for _ in self.train.open(None)) or 1
        return self.train.steps or 1

    @property
    def validation_steps(self) -> int | None:
        """The number of validation batches, or ``None`` if unknown."""
        return None if self.validation is None else self.validation.steps

    def read_all(self, feed: Feed, what: str) -> None:
        """Run the first step for each photo file of a feed before training begins.

        The results are stored, so this costs no extra time, with one exception: photos that every
        epoch decodes again are decoded once more, but never again in a later fit.

        Raises:
            BadPhotosError: Photos cannot be read. The results of the others are stored.
        """
        if not feed.photos or feed.indexed is None or feed.subset is None:
            return
        source, (stored, cut) = feed.indexed.source, self._first_step(feed)
        if stored == "features":
            self._frozen(source, View(), f"features of the {what}")
        elif stored == "maps":
            assert cut is not None
            self._stored(feed, (View(),), self._early(cut), cut)
        elif stored == "pixels":
            self.prefix.pixels(source, label=f"decoding the {what}")
        else:
            self.prefix.check(source, label=f"reading the {what}")

    def unread(self, feed: Feed) -> list[int]:
        """Return the indices of the photos that ``read_all`` would read now."""
        if not feed.photos or feed.indexed is None or feed.subset is None:
            return []
        source, (stored, cut) = feed.indexed.source, self._first_step(feed)
        if stored == "pixels" or stored == "readable":
            return self.prefix.undecoded(source, stored)
        if stored == "features":
            return self.prefix.unread(
                source, View(), groups=self._stored_groups, cut=self._coming_map
            )
        assert cut is not None
        return self.prefix.unread(source, View(), groups=self._early(cut), cut=self._map(cut))

    def _first_step(self, feed: Feed) -> tuple[_Stored, int | None]:
        """Return what the first step stores for each photo of a feed, and the cut of its phase."""
        phase = self.plan.phases[0]
        cut = self._cut(phase)
        if phase.method is Method.SOLVE and not self._mixes:
            return "features", cut
        if phase.method is Method.GRADIENT and cut is not None:
            return "maps", cut
        return (
            "pixels" if self._worth_decoding(feed, self.plan.phases[-1]) else "readable",
            cut,
        )

    def with_prefix(self, prefix: FrozenPrefix) -> PhaseInputs:
        """Return the same photos with a network that may have other weights."""
        return replace(self, prefix=prefix, _found={})

    def head_inputs(self) -> HeadPhotos:
        """Return the inputs of the head: features of all photos in all views."""
        unseen = None
        if self.validation is not None:
            unseen = self._features(self.validation, "validation photos", (View(),))
        learnt = self._features(self.train, "training photos", self._views)
        n = len(learnt.targets) // len(self._views)
        self._found.clear()  # each holds open files
        return HeadPhotos(learnt=learnt, seen=learnt.part(slice(0, n)), unseen=unseen)

    def epochs(self, phase: Phase) -> PhaseEpochs:
        """Return the batches of a gradient phase."""
        cut = self._cut(phase)
        if cut is None or self.train.indexed is None:
            usual = PixelEpochs(
                feed=self._decoded(self.train, phase, "training photos"),
                validation_feed=self.validation
                and self._decoded(self.validation, phase, "validation photos"),
                image_size=self.prefix.backbone.image_size,
                classes=self.plan.classes,
                class_weight=self.class_weight,
                augment=self.augment,
                seed=self.seed,
            )
            size = phase.initial_image_size
            initial = None if size is None else replace(usual, train_size=size)
            return PhaseEpochs(cut=None, usual=usual, initial=initial)
        early = self._early(cut)
        inputs = ["stored_features"] if early else []
        inputs += ["map"] if self._map(cut) is not None else []
        stored = StoredEpochs(
            photos=self._stored(self.train, self._views, early, cut),
            validation_photos=None
            if self.validation is None
            else self._stored(self.validation, (View(),), early, cut),
            inputs=inputs,
            labels=self.labels,
            class_weight=self.class_weight,
            batch_size=self.train.batch_size or 32,
            seed=self.seed,
        )
        return PhaseEpochs(cut=cut, usual=stored)

    def _decoded(self, feed: Feed, phase: Phase, what: str) -> Feed:
        """Return the feed with stored pixels, if its photos are files and there is room."""
        if feed.indexed is None or not self._worth_decoding(feed, phase):
            return feed
        pixels = self.prefix.pixels(feed.indexed.source, label=f"decoding the {what}")
        return decoded_feed(feed, pixels, self.labels)

    def _worth_decoding(self, feed: Feed, phase: Phase) -> bool:
        if feed.indexed is None or not isinstance(feed.indexed.source, PhotoFiles):
            return False
        need = len(feed.indexed.source) * 3 * self.prefix.backbone.image_size**2
        return phase.epochs >= 2 and need <= self.prefix.store.room(_SHARE_OF_DISK)

    def _early(self, cut: int) -> tuple[FeatureGroup, ...]:
        """Return the features of the head that no epoch computes again."""
        return tuple(group for group in self.groups if group.stage <= cut)

    @cached_property
    def _views(self) -> tuple[View, ...]:
        return views_of(self.augment, self.views)

    def _features(self, feed: Feed, what: str, views: tuple[View, ...]) -> HeadInputs:
        """Return the inputs of the head: of the photos, then of each augmented view."""
        labels = [f"features of the {what}", *(f"view {v.number} of the {what}" for v in views[1:])]
        if feed.indexed is not None and not self._mixes:
            rows = [
                self._frozen(feed.indexed.source, view, label)
                for view, label in zip(views, labels, strict=True)
            ]
            found = [row.features.select(self.groups) for row in rows]
            return stored_inputs(feed.indexed, found, scenes=[view.is_scene for view in views])
        return joined(
            [
                streamed_inputs(
                    self.prefix,
                    self._changed(feed, view),
                    self.groups,
                    n_classes=self.plan.classes,
                    photos=feed.photos,
                    label=label,
                )
                for view, label in zip(views, labels, strict=True)
            ],
            scenes=[view.is_scene for view in views],
        )

    def _frozen(self, source: PhotoSource, view: View, label: str) -> FrozenRows:
        """Return the outputs for one view of some photos, found once until ``head_inputs``."""
        key = id(source), view.number
        if key not in self._found:
            self._found[key] = (
                source,
                self.prefix.rows(
                    source, view, groups=self._stored_groups, cut=self._coming_map, label=label
                ),
            )
        return self._found[key][1]

    @cached_property
    def _stored_groups(self) -> tuple[FeatureGroup, ...]:
        """The groups that are stored for the head."""
        return with_averages(self.groups, self.prefix.backbone.describe())

    def _changed(self, feed: Feed, view: View) -> tf.data.Dataset:
        batches = feed.open(None)
        if view.augment is None:
            return batches
        seed = self.seed + view.number
        return view.augment.apply(batches, classes=self.plan.classes, seed=seed)

    @property
    def _mixes(self) -> bool:
        return self.augment is not None and self.augment.mixes_labels

    @cached_property
    def _coming_map(self) -> int | None:
        """Return the stage whose feature map the last phase needs, to compute it in one pass."""
        cut = self._cut(self.plan.phases[-1])
        return None if cut is None else self._map(cut)

    def _map(self, cut: int) -> int | None:
        """Return the stage whose feature map is needed; ``None`` if no later stage is trained."""
        return cut if cut < len(self.prefix.backbone.stages) - 1 else None

    def _stored(
        self, feed: Feed, views: tuple[View, ...], groups: tuple[FeatureGroup, ...], cut: int
    ) -> StoredPhotos:
        assert feed.indexed is not None
        rows = [
            self.prefix.rows(
                feed.indexed.source,
                view,
                groups=groups,
                cut=self._map(cut),
                label="outputs of frozen stages",
            )
            for view in views
        ]
        return StoredPhotos(indexed=feed.indexed, views=rows)

    def _cut(self, phase: Phase) -> int | None:
        """Return the index of the last stage that does not run in each epoch of ``phase``."""
        cut = last_frozen_stage(phase)
        if cut is None:
            return None
        # Decided once per fit, because stored data reduces the room and must not change the
        # decision.
        if cut not in self._reasons:
            self._reasons[cut] = self._why_whole(cut)
            if self._reasons[cut]:
                self.prefix.reporter.say(
                    f"The whole network runs in each epoch: {self._reasons[cut]}."
                )
        return None if self._reasons[cut] else cut

    def _why_whole(self, cut: int) -> str | None:
        """Return why frozen stages must run in each epoch, or ``None`` if they need not."""
        feeds = [(self.train, self._views)]
        feeds += [] if self.validation is None else [(self.validation, (View(),))]
        if any(feed.indexed is None for feed, _ in feeds):
            return "photos of a tf.data.Dataset have no index"
        if self._mixes:
            return "the augmentation mixes different photos each time"
        if self.augment is not None and not self.views:
            return "the policy's views=0 requires new augmentation in each epoch"
        if self._map(cut) is None:
            return None
        need = sum(
            self.prefix.missing_bytes(feed.indexed.source, view, cut)
            for feed, views in feeds
            if feed.indexed is not None
            for view in views
        )
        room = self.prefix.store.room(_SHARE_OF_DISK)
        if need > room:
            return (
                f"stored feature maps would take {need / 1e9:.1f} GB and there is room for "
                f"{room / 1e9:.1f} (TRANSFERLEAF_CACHE_LIMIT)"
            )
        return None
