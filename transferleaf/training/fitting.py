"""What ``fit`` does around a plan: show it, gather what a run needs, run it, say how it went."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np

from transferleaf.backbones.backbone import Backbone
from transferleaf.datasets.augmentation import Augmentation
from transferleaf.datasets.imbalance import class_weights
from transferleaf.datasets.photo_errors import photo_errors
from transferleaf.errors import ConfigError
from transferleaf.freezing import FreezePlan, FreezePolicy, Method
from transferleaf.training.callbacks import BestWeights, SpanningCallbacks
from transferleaf.training.compiling import PhaseCompiler, PolicyCompiler
from transferleaf.training.feeds import Feed
from transferleaf.training.frozen import FrozenPrefix
from transferleaf.training.head.space import Floats
from transferleaf.training.identity import structure_digest
from transferleaf.training.material import Material
from transferleaf.training.reporting import Reporter
from transferleaf.training.resume import FitState, ResumeFolder
from transferleaf.training.run import PhaseRecord, PlanRun
from transferleaf.training.store import FeatureStore

ClassWeight = Mapping[int, float] | Literal["balanced"] | None


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


def fit_by_plan(
    classifier: keras.Model,
    plan: FreezePlan,
    *,
    backbone: Backbone,
    freeze: FreezePolicy,
    compiler: PhaseCompiler,
    train: Feed,
    validation: Feed | None,
    options: FitOptions,
) -> tuple[keras.callbacks.History, tuple[PhaseRecord, ...]]:
    """Run ``plan`` on ``classifier``; see ``TransferClassifier.fit`` for the options.

    Returns:
        The history of all epochs, and what became of each phase.
    """
    reporter = Reporter(options.verbose)
    reporter.say(plan)
    if options.epochs and not _total_epochs(plan, Method.GRADIENT):
        reporter.say(
            f"The plan has no gradient epochs, so epochs={options.epochs} changes nothing."
        )
    _check_together(plan, compiler, train, options)
    resume, state = _state(
        options,
        lambda: _settings(classifier, plan, backbone, freeze, compiler, train, validation, options),
    )
    material = Material(
        train=train,
        validation=validation,
        prefix=FrozenPrefix(
            backbone=backbone,
            store=FeatureStore(options.cache),
            reporter=reporter,
            photos=sum(feed.about_photos() for feed in (train, validation) if feed),
        ),
        plan=plan,
        labels=compiler.labels,
        class_weight=_class_weight(options.class_weight, train, plan.classes),
        augment=options.augment,
        views=freeze.views,
        seed=state.seed,
    )
    best = BestWeights(freeze.patience)
    run = PlanRun(
        classifier=classifier,
        backbone=backbone,
        plan=plan,
        compiler=compiler,
        material=material,
        callbacks=SpanningCallbacks(
            [*keras.tree.flatten(options.callbacks or []), best],
            model=classifier,
            epochs=_total_epochs(plan),
            steps=train.steps,
            verbose=options.verbose,
        ),
        best=best,
        reporter=reporter,
        resume=resume,
        state=state,
    )
    try:
        run.run()
    finally:
        compiler.finish(classifier)
    reporter.say(_summary(run))
    if speeds := _speeds(run.records):
        reporter.say(speeds)
    reporter.say(_proof(run.records))
    return run.callbacks.history, tuple(run.records)


def _state(
    options: FitOptions, settings: Callable[[], dict[str, Any]]
) -> tuple[ResumeFolder | None, FitState]:
    """Where to leave the state of the fit, and the state that was found there."""
    seed = random.randrange(2**31) if options.seed is None else options.seed
    if options.resume is None:
        return None, FitState(seed=seed)
    folder = ResumeFolder(Path(options.resume), settings())
    return folder, folder.load() or FitState(seed=seed)


def _settings(
    classifier: keras.Model,
    plan: FreezePlan,
    backbone: Backbone,
    freeze: FreezePolicy,
    compiler: PhaseCompiler,
    train: Feed,
    validation: Feed | None,
    options: FitOptions,
) -> dict[str, Any]:
    """All that decides the weights a fit ends with, but for those it starts from."""
    store = FeatureStore(options.cache)
    return {
        "network": [structure_digest(backbone.model), asdict(backbone.pixels)],
        "dropout": classifier.get_layer("dropout").rate,
        "classes": plan.classes,
        "epochs": [phase.epochs for phase in plan.phases],
        "policy": freeze.to_dict(),
        "compile": compiler.settings(),
        "training photos": train.fingerprint(store),
        "validation photos": None if validation is None else validation.fingerprint(store),
        "batch_size": train.batch_size,
        "class_weight": options.class_weight,
        "augment": None if options.augment is None else options.augment.to_dict(),
        "seed": options.seed,
    }


def _total_epochs(plan: FreezePlan, *methods: Method) -> int:
    chosen = [phase for phase in plan.phases if phase.method in (methods or Method)]
    return sum(1 if phase.method is Method.SOLVE else phase.epochs for phase in chosen)


def _check_together(
    plan: FreezePlan, compiler: PhaseCompiler, train: Feed, options: FitOptions
) -> None:
    """Refuse what cannot work together before the photos are read for nothing."""
    augment, callbacks = options.augment, options.callbacks
    weighted = train.known is not None and bool((train.known.weights != 1).any())
    if augment is not None and augment.mixes_labels and weighted:
        must = "mix nothing where photos have weights of their own"
        raise ConfigError("augment", augment, must)
    if augment is not None and augment.mixes_labels and compiler.labels == "sparse":
        must = "take class shares, such as categorical_crossentropy: the augmentation mixes classes"
        raise ConfigError("loss", "a sparse one", must)
    scheduled = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)
    for callback in keras.tree.flatten(callbacks or []):
        if isinstance(callback, scheduled) and isinstance(compiler, PolicyCompiler):
            must = "come with a compile() of your own: the policy has a schedule already"
            raise ConfigError("callbacks", type(callback).__name__, must)
    compiler.check(plan)


def _class_weight(wanted: ClassWeight, train: Feed, n_classes: int) -> Floats | None:
    if wanted is None:
        return None
    if wanted == "balanced":
        with photo_errors():
            counts = train.class_counts(n_classes)
        return class_weights(counts.tolist()).astype(np.float32)
    if not isinstance(wanted, Mapping):
        raise ConfigError("class_weight", wanted, 'be "balanced", None or class number to weight')
    for label, weight in wanted.items():
        if label not in range(n_classes) or not weight >= 0:
            must = f"give class numbers in [0, {n_classes}) weights of at least 0"
            raise ConfigError("class_weight", {label: weight}, must)
    return np.array([wanted.get(label, 1.0) for label in range(n_classes)], np.float32)


def _summary(run: PlanRun) -> str:
    results = ", ".join(f"{name} {value:.4f}" for name, value in run.best.logs.items())
    return f"Best: {run.name_of_best()}{f' ({results})' if results else ''}."


def _speeds(records: Sequence[PhaseRecord]) -> str:
    """How many photos a second each part of the work managed, so that the slowest is seen."""
    names = {"decode": "decoding", "prefix": "frozen stages", "tail": "trainable part"}
    told = {
        name: f"{text} {record.speeds[name]:,.0f}"
        for record in records
        for name, text in names.items()
        if name in record.speeds
    }
    return f"Photos a second: {', '.join(told.values())}." if told else ""


def _proof(records: Sequence[PhaseRecord]) -> str:
    frozen = max(record.proof.frozen for record in records)
    if not frozen:
        return "The plan froze nothing, so there is nothing to prove."
    return (
        f"Proved: the plan was kept. {frozen} frozen weights and statistics are the same as "
        f"before, bit for bit (SHA-256 {records[0].proof.checksum[:12]}...)."
    )
