"""What ``fit`` does around a plan: show it, gather what a run needs, run it, say how it went."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import keras

from transferleaf.backbones.backbone import Backbone
from transferleaf.datasets.augmentation import Augmentation
from transferleaf.errors import ConfigError
from transferleaf.freezing import FreezePlan, FreezePolicy, Method
from transferleaf.training.callbacks import BestWeights, SpanningCallbacks
from transferleaf.training.checks import check_folder
from transferleaf.training.class_weight import ClassWeight, checked_class_weight
from transferleaf.training.compiling import PhaseCompiler, PolicyCompiler
from transferleaf.training.feeds import Feed
from transferleaf.training.frozen import FrozenPrefix
from transferleaf.training.identity import structure_digest
from transferleaf.training.material import Material
from transferleaf.training.reporting import Reporter
from transferleaf.training.resume import FitState, ResumeFolder
from transferleaf.training.run import PhaseRecord, PlanRun
from transferleaf.training.store import FeatureStore
from transferleaf.training.summary import best_line, proof_line, speeds_line


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    """What a user asked ``fit`` for, beside the data; see ``TransferClassifier.fit``."""

    epochs: int | None
    callbacks: Any
    class_weight: ClassWeight
    augment: Augmentation | None
    seed: int | None
    verbose: int
    resume: str | PathLike[str] | None
    cache: str | PathLike[str] | None


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One fit: what is trained, by which plan, on what, and what the user asked for besides.

    Attributes:
        classifier: The whole network.
        backbone: The part of it that the plan freezes or trains.
        freeze: The policy behind the plan.
        plan: What to do.
        compiler: How each phase is compiled.
        train: The photos to learn from.
        validation: The photos that judge, if any.
        options: What was asked for besides.
    """

    classifier: keras.Model
    backbone: Backbone
    freeze: FreezePolicy
    plan: FreezePlan
    compiler: PhaseCompiler
    train: Feed
    validation: Feed | None
    options: FitOptions

    def run(self) -> tuple[keras.callbacks.History, tuple[PhaseRecord, ...]]:
        """Show the plan, run it, and say how it went.

        Returns:
            The history of all epochs, and what became of each phase.
        """
        reporter = Reporter(self.options.verbose)
        reporter.say(self.plan)
        methods = {phase.method for phase in self.plan.phases}
        if self.options.epochs and Method.GRADIENT not in methods:
            asked = f"epochs={self.options.epochs}"
            reporter.say(f"The plan has no gradient epochs, so {asked} changes nothing.")
        self._check_together()
        run = self._plan_run(reporter)
        try:
            run.run()
        finally:
            self.compiler.finish(self.classifier)
        for line in (best_line(run), speeds_line(run.records), proof_line(run.records)):
            if line:
                reporter.say(line)
        return run.callbacks.history, tuple(run.records)

    def _plan_run(self, reporter: Reporter) -> PlanRun:
        resume, state = self._state()
        best = BestWeights(self.freeze.patience)
        return PlanRun(
            classifier=self.classifier,
            backbone=self.backbone,
            plan=self.plan,
            compiler=self.compiler,
            material=self._material(reporter, state.seed),
            callbacks=SpanningCallbacks(
                [*keras.tree.flatten(self.options.callbacks or []), best],
                model=self.classifier,
                epochs=sum(phase.history_epochs for phase in self.plan.phases),
                steps=self.train.steps,
                verbose=self.options.verbose,
            ),
            best=best,
            reporter=reporter,
            resume=resume,
            state=state,
        )

    def _material(self, reporter: Reporter, seed: int) -> Material:
        feeds = [self.train] if self.validation is None else [self.train, self.validation]
        return Material(
            train=self.train,
            validation=self.validation,
            prefix=FrozenPrefix(
                backbone=self.backbone,
                store=FeatureStore(self.options.cache),
                reporter=reporter,
                photos=sum(feed.about_photos() for feed in feeds),
            ),
            plan=self.plan,
            labels=self.compiler.labels,
            class_weight=checked_class_weight(
                self.options.class_weight, self.train, self.plan.classes
            ),
            augment=self.options.augment,
            views=self.freeze.views,
            seed=seed,
        )

    def _state(self) -> tuple[ResumeFolder | None, FitState]:
        """Where to leave the state of the fit, and the state that was found there."""
        given = self.options.seed
        seed = random.randrange(2**31) if given is None else given
        if self.options.resume is None:
            return None, FitState(seed=seed)
        folder = ResumeFolder(Path(self.options.resume), self._settings())
        return folder, folder.load() or FitState(seed=seed)

    def _settings(self) -> dict[str, Any]:
        """All that decides the weights a fit ends with, but for those it starts from."""
        store = FeatureStore(self.options.cache)
        judges, augment = self.validation, self.options.augment
        return {
            "network": [structure_digest(self.backbone.model), asdict(self.backbone.pixels)],
            "dropout": self.classifier.get_layer("dropout").rate,
            "classes": self.plan.classes,
            "epochs": [phase.epochs for phase in self.plan.phases],
            "policy": self.freeze.to_dict(),
            "compile": self.compiler.settings(),
            "training photos": self.train.fingerprint(store),
            "validation photos": None if judges is None else judges.fingerprint(store),
            "batch_size": self.train.batch_size,
            "class_weight": self.options.class_weight,
            "augment": None if augment is None else augment.to_dict(),
            "seed": self.options.seed,
        }

    def _check_together(self) -> None:
        """Refuse what cannot work together before the photos are read for nothing."""
        check_folder("resume", self.options.resume)
        check_folder("cache", self.options.cache)
        augment, known = self.options.augment, self.train.known
        mixes = augment is not None and augment.mixes_labels
        if mixes and known is not None and (known.weights != 1).any():
            must = "mix nothing where photos have weights of their own"
            raise ConfigError("augment", augment, must)
        if mixes and self.compiler.labels == "sparse":
            must = "take class shares, such as categorical_crossentropy: augmentation mixes classes"
            raise ConfigError("loss", "a sparse one", must)
        scheduled = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)
        for callback in keras.tree.flatten(self.options.callbacks or []):
            if isinstance(callback, scheduled) and isinstance(self.compiler, PolicyCompiler):
                must = "come with a compile() of your own: the policy has a schedule already"
                raise ConfigError("callbacks", type(callback).__name__, must)
        self.compiler.check(self.plan)
