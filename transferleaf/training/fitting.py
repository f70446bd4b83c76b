"""What ``fit`` does around a plan: show it, gather what a run needs, run it, say how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import keras
import numpy as np
from rich.console import Console

from transferleaf.datasets.augmentation import Augmentation
from transferleaf.datasets.imbalance import class_weights
from transferleaf.datasets.photo_errors import photo_errors
from transferleaf.errors import ConfigError
from transferleaf.freezing import FreezePlan, Method
from transferleaf.training.callbacks import BestWeights, SpanningCallbacks
from transferleaf.training.compiling import PhaseCompiler, PolicyCompiler
from transferleaf.training.features import count_classes
from transferleaf.training.feeds import Feed
from transferleaf.training.head_solver import Floats
from transferleaf.training.run import PhaseRecord, PlanRun

ClassWeight = Mapping[int, float] | Literal["balanced"] | None


def fit_by_plan(
    classifier: keras.Model,
    plan: FreezePlan,
    *,
    backbone: keras.Model,
    compiler: PhaseCompiler,
    train: Feed,
    validation: Feed | None,
    keras_fit: Callable[..., Any],
    epochs: int | None,
    callbacks: Any,
    patience: int | None,
    class_weight: ClassWeight,
    augment: Augmentation | None,
    seed: int,
    verbose: int,
) -> tuple[keras.callbacks.History, tuple[PhaseRecord, ...]]:
    """Run ``plan`` on ``classifier``; see ``TransferClassifier.fit`` for the arguments.

    Returns:
        The history of all epochs, and what became of each phase.
    """
    console = Console(quiet=not verbose)
    console.print(plan)
    if epochs and not _total_epochs(plan, Method.GRADIENT):
        console.print(f"The plan has no gradient epochs, so epochs={epochs} changes nothing.")
    _check_together(plan, compiler, callbacks, augment)
    best = BestWeights(patience)
    run = PlanRun(
        classifier=classifier,
        backbone=backbone,
        plan=plan,
        compiler=compiler,
        train=train,
        validation=validation,
        callbacks=SpanningCallbacks(
            [*keras.tree.flatten(callbacks or []), best],
            model=classifier,
            epochs=_total_epochs(plan),
            steps=train.steps,
            verbose=verbose,
        ),
        best=best,
        fit=keras_fit,
        class_weight=_class_weight(class_weight, train, plan.classes),
        augment=augment,
        seed=seed,
        verbose=verbose,
    )
    try:
        run.run()
    finally:
        compiler.finish(classifier)
    console.print(_summary(run))
    console.print(_proof(run.records))
    return run.callbacks.history, tuple(run.records)


def _total_epochs(plan: FreezePlan, *methods: Method) -> int:
    chosen = [phase for phase in plan.phases if phase.method in (methods or Method)]
    return sum(1 if phase.method is Method.SOLVE else phase.epochs for phase in chosen)


def _check_together(
    plan: FreezePlan, compiler: PhaseCompiler, callbacks: Any, augment: Augmentation | None
) -> None:
    """Refuse what cannot work together before the photos are read for nothing."""
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
            counts = count_classes(train, n_classes)
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


def _proof(records: Sequence[PhaseRecord]) -> str:
    frozen = max(record.proof.frozen for record in records)
    if not frozen:
        return "The plan froze nothing, so there is nothing to prove."
    return (
        f"Proved: the plan was kept. {frozen} frozen weights and statistics are the same as "
        f"before, bit for bit (SHA-256 {records[0].proof.checksum[:12]}...)."
    )
