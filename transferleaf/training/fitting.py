"""One call of ``fit``: prints the plan, prepares the inputs, runs the plan, prints the result."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import ceil
from os import PathLike
from pathlib import Path
from typing import Any

import keras

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.backbones.backbone import Backbone
from transferleaf.errors import ConfigError, Found
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.identity import structure_digest
from transferleaf.freezing import FreezePlan, FreezePolicy, Method
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.head.layers import is_untrained, read_head
from transferleaf.process.interrupts import interrupts_kept
from transferleaf.scenes.field_scenes import FieldScenes
from transferleaf.text.progress import Reporter
from transferleaf.training.callbacks import BestWeights, SpanningCallbacks
from transferleaf.training.checks import check_folder
from transferleaf.training.feeding.bad_photos import (
    OnBadPhoto,
    SkippedPhoto,
    check_choice,
    openable,
    readable,
    settle,
)
from transferleaf.training.feeding.class_weight import ClassWeight, checked_class_weight
from transferleaf.training.feeding.feeds import Feed
from transferleaf.training.feeding.fewer_photos import affordable_reading, smaller
from transferleaf.training.phases.compiling import PhaseCompiler, PolicyCompiler
from transferleaf.training.phases.leaf_map import LeafMapFit
from transferleaf.training.phases.phase_inputs import PhaseInputs
from transferleaf.training.resume import FitState, ResumeFolder
from transferleaf.training.run import PhaseRecord, PlanRun
from transferleaf.training.summary import best_line, guessing_line, proof_line, speeds_line
from transferleaf.training.time_limit import Reading, TimeLimit

# Share of a time limit for composing the scenes of the leaf map.
_LEAF_MAP_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    """The options of ``fit``; see ``TransferClassifier.fit``."""

    epochs: int | None
    callbacks: Any
    class_weight: ClassWeight
    augment: Augmentation | None
    seed: int | None
    verbose: int
    resume: str | PathLike[str] | None
    on_bad_photo: OnBadPhoto
    limit: TimeLimit


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One fit: the classifier, its plan, its data and its options.

    Attributes:
        classifier: The ``TransferClassifier``.
        backbone: The backbone, which the plan freezes or trains.
        classes: Class names.
        freeze: The policy of the plan.
        plan: The plan.
        compiler: How each phase is compiled.
        train: The training photos.
        validation: The validation photos, if any.
        prefix: The frozen part of the backbone.
        options: The options of ``fit``.
    """

    classifier: keras.Model
    backbone: Backbone
    classes: tuple[str, ...]
    freeze: FreezePolicy
    plan: FreezePlan
    compiler: PhaseCompiler
    train: Feed
    validation: Feed | None
    prefix: FrozenPrefix
    options: FitOptions

    def run(self) -> tuple[keras.callbacks.History, tuple[PhaseRecord, ...]]:
        """Print the plan, run it, and print the result.

        Returns:
            The history of all epochs, and a record of each phase.
        """
        reporter = Reporter(self.options.verbose)
        reporter.say(self.plan)
        if not is_untrained(read_head(self.classifier)):
            reporter.say(
                "This classifier is trained already, so training continues from its weights. To "
                "start again, create a new classifier."
            )
        methods = {phase.method for phase in self.plan.phases}
        if self.options.epochs and Method.GRADIENT not in methods:
            asked = f"epochs={self.options.epochs}"
            reporter.say(f"The plan has no gradient epochs, so {asked} has no effect.")
        self._check_together()
        with interrupts_kept():
            try:
                run = self._prepared(reporter)
            except KeyboardInterrupt:
                reporter.say("Interrupted while photos were read. Computed features are stored.")
                raise
            try:
                run.run()
            finally:
                self.compiler.finish(self.classifier)
        told = (
            best_line(run),
            guessing_line(run, self.classes),
            speeds_line(run.records),
            proof_line(run.records),
        )
        for line in told:
            if line:
                reporter.say(line)
        return run.callbacks.history, tuple(run.records)

    @property
    def _feeds(self) -> dict[str, Feed]:
        """Return the feeds, by purpose."""
        feeds = {"training": self.train}
        return feeds if self.validation is None else {**feeds, "validation": self.validation}

    def _prepared(self, reporter: Reporter) -> PlanRun:
        """Read all photos, handle the unreadable ones, and prepare the run."""
        began = time.monotonic()
        given = self._feeds
        feeds, missing = openable(given)
        self._fit_leaf_map(feeds["training"], reporter)
        inputs = self._phase_inputs(feeds, self.prefix)
        reading = self._reading(feeds, inputs, reporter)
        feeds = smaller(feeds, reading.share, classes=self.plan.classes)
        feeds, broken = readable(feeds, inputs)
        skipped = (*missing, *broken)
        settle(
            skipped,
            before=given,
            after=feeds,
            on_bad_photo=self.options.on_bad_photo,
            reporter=reporter,
            classes=self.classes,
        )
        left = replace(self, train=feeds["training"], validation=feeds.get("validation"))
        run = left._plan_run(reporter, inputs, time.monotonic() - began, reading)
        self._begin(self.prefix.photos, skipped)
        return run

    def _begin(self, photos: int, skipped: tuple[SkippedPhoto, ...]) -> None:
        """Replace the results of the last fit. A fit that is refused before keeps them."""
        classifier = self.classifier
        classifier.plan, classifier.records = self.plan, ()
        classifier.photos_of_fit, classifier.skipped_photos = photos, skipped
        classifier.calibration = classifier.class_means = classifier.adaptation = None
        trained = not is_untrained(read_head(classifier))
        classifier.refitted = self.freeze.trainable_stages != 0 and trained

    def _fit_leaf_map(self, train: Feed, reporter: Reporter) -> None:
        """Fit the leaf map if the head needs one and it is not fitted yet."""
        leaf_map = self.backbone.leaf_map
        if leaf_map is None or leaf_map.fitted:
            return
        if train.indexed is None:
            must = "be a LeafDataset or an array, because head_region='leaf' reads photos twice"
            raise ConfigError("x", Found("a stream"), must)
        augment = self.options.augment
        LeafMapFit(
            backbone=self.backbone,
            source=train.indexed.source,
            scenes=replace((augment and augment.scenes) or FieldScenes(), share=1.0),
            store=self.prefix.store,
            reporter=reporter,
            seconds=_LEAF_MAP_SHARE * self.options.limit.seconds,
        ).run()

    def _reading(
        self, feeds: Mapping[str, Feed], inputs: PhaseInputs, reporter: Reporter
    ) -> Reading:
        """Return the photos to use, from an interrupted fit or from the time limit."""
        before = ResumeFolder.decisions_of(self.options.resume)
        if before is not None:
            return before.reading
        views = 0 if self.options.augment is None else self.freeze.views
        return affordable_reading(
            feeds,
            inputs,
            limit=self.options.limit,
            reporter=reporter,
            views=views,
            # Without stored views, gradient epochs would decode and augment all photos each time.
            fewest_views=min(views, 1) if self.plan.gradient_epochs else 0,
            trains=bool(self.plan.gradient_epochs),
        )

    def _plan_run(
        self, reporter: Reporter, inputs: PhaseInputs, spent: float, reading: Reading
    ) -> PlanRun:
        resume, state = self._state()
        state.share, state.views = reading.share, reading.views
        advice = self.classifier.advice
        state.image_size = self.backbone.image_size
        state.advice = None if advice is None else advice.to_dict()
        best = BestWeights(self.freeze.patience, warmup_epochs=ceil(self.freeze.warmup_epochs))
        if state.weights:
            # The frozen weights are those of the saved state, which may differ from those used
            # before.
            inputs = inputs.with_prefix(self._unused_prefix())
        return PlanRun(
            classifier=self.classifier,
            backbone=self.backbone,
            plan=self.plan,
            head_start=self.freeze.head_start,
            compiler=self.compiler,
            inputs=replace(
                inputs,
                train=self.train,
                validation=self.validation,
                class_weight=checked_class_weight(
                    self.options.class_weight, self.train, self.plan.classes
                ),
                views=reading.views,
                seed=state.seed,
            ),
            callbacks=SpanningCallbacks(
                [*keras.tree.flatten(self.options.callbacks or []), best],
                model=self.classifier,
                epochs=self.plan.gradient_epochs or 1,
                steps=self.train.steps,
                verbose=self.options.verbose,
                head_is_epoch=not self.plan.gradient_epochs,
            ),
            best=best,
            reporter=reporter,
            resume=resume,
            state=state,
            limit=self.options.limit,
            spent=spent,
        )

    def _unused_prefix(self) -> FrozenPrefix:
        used = self.prefix
        return FrozenPrefix(
            backbone=used.backbone, store=used.store, reporter=used.reporter, photos=used.photos
        )

    def _phase_inputs(self, feeds: Mapping[str, Feed], prefix: FrozenPrefix) -> PhaseInputs:
        """Create the reader of the photos. Class weights and seed follow when they are known."""
        return PhaseInputs(
            train=feeds["training"],
            validation=feeds.get("validation"),
            prefix=prefix,
            plan=self.plan,
            groups=feature_groups(self.freeze, self.backbone.describe()),
            labels=self.compiler.labels,
            class_weight=None,
            augment=self.options.augment,
            views=self.freeze.views,
            seed=0,
        )

    def _state(self) -> tuple[ResumeFolder | None, FitState]:
        """Return the folder for the state of the fit, and the state found there."""
        given = self.options.seed
        seed = random.randrange(2**31) if given is None else given
        if self.options.resume is None:
            return None, FitState(seed=seed)
        folder = ResumeFolder(Path(self.options.resume), self._settings())
        return folder, folder.load() or FitState(seed=seed)

    def _settings(self) -> dict[str, Any]:
        """Return all settings that determine the final weights, except the initial weights."""
        store = self.prefix.store
        validation, augment = self.validation, self.options.augment
        return {
            "network": [structure_digest(self.backbone.model), asdict(self.backbone.pixels)],
            "dropout": self.classifier.get_layer("dropout").rate,
            "classes": self.plan.classes,
            "epochs": [phase.epochs for phase in self.plan.phases],
            "policy": self.freeze.to_dict(),
            "compile": self.compiler.settings(),
            "training photos": self.train.fingerprint(store),
            "validation photos": None if validation is None else validation.fingerprint(store),
            "batch_size": self.train.batch_size,
            "class_weight": _plain(self.options.class_weight),
            "augment": None if augment is None else augment.to_dict(),
            "seed": self.options.seed,
        }

    def _check_together(self) -> None:
        """Refuse incompatible options before the photos are read."""
        check_folder("resume", self.options.resume)
        check_choice(self.options.on_bad_photo, self._feeds.values())
        weight = self.options.class_weight
        if not (isinstance(weight, str) and weight == "balanced"):  # which may read a stream
            checked_class_weight(weight, self.train, self.plan.classes)
        augment, indexed = self.options.augment, self.train.indexed
        mixes = augment is not None and augment.mixes_labels
        if mixes and indexed is not None and (indexed.weights != 1).any():
            must = "not mix photos that have sample weights"
            raise ConfigError("augment", augment, must)
        if mixes and self.compiler.labels == "sparse":
            must = (
                "take class distributions, such as categorical_crossentropy: augmentation mixes "
                "classes"
            )
            raise ConfigError("loss", "a sparse one", must)
        scheduled = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)
        for callback in keras.tree.flatten(self.options.callbacks or []):
            if isinstance(callback, scheduled) and isinstance(self.compiler, PolicyCompiler):
                must = "be used after compile(): the policy already has a schedule"
                raise ConfigError("callbacks", type(callback).__name__, must)
        self.compiler.check(self.plan)


def _plain(weights: ClassWeight) -> Any:
    """Return class weights as values for JSON."""
    if weights is None or isinstance(weights, str):
        return weights
    if isinstance(weights, Mapping):  # whose keys may be integers of NumPy
        return {int(label): float(weight) for label, weight in weights.items()}
    return [float(weight) for weight in weights]
