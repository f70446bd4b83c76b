"""What ``fit`` does around a plan: show it, gather what a run needs, run it, say how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import keras
import numpy as np
from rich.console import Console

from transferleaf.datasets.augmentation import Augmentation
from transferleaf.datasets.imbalance import class_weights
from transferleaf.errors import ConfigError
from transferleaf.freezing import FreezePlan, Method
from transferleaf.training.callbacks import BestWeights, SpanningCallbacks
from transferleaf.training.compiling import PhaseCompiler
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
    console.print(_summary(best, plan))
    console.print(_proof(run.records))
    return run.callbacks.history, tuple(run.records)


def _total_epochs(plan: FreezePlan) -> int:
    return sum(1 if phase.method is Method.SOLVE else phase.epochs for phase in plan.phases)


def _class_weight(wanted: ClassWeight, train: Feed, n_classes: int) -> Floats | None:
    if wanted is None:
        return None
    if wanted == "balanced":
        return class_weights(count_classes(train, n_classes).tolist()).astype(np.float32)
    if not isinstance(wanted, Mapping):
        raise ConfigError("class_weight", wanted, 'be "balanced", None or class number to weight')
    return np.array([wanted.get(label, 1.0) for label in range(n_classes)], np.float32)


def _summary(best: BestWeights, plan: FreezePlan) -> str:
    solved = plan.phases[0].method is Method.SOLVE and best.epoch == 0
    which = "the solved head" if solved else f"epoch {best.epoch + 1}"
    results = ", ".join(f"{name} {value:.4f}" for name, value in best.logs.items())
    return f"Best: {which} ({results})."


def _proof(records: Sequence[PhaseRecord]) -> str:
    frozen = max(record.proof.frozen for record in records)
    if not frozen:
        return "The plan froze nothing, so there is nothing to prove."
    return (
        f"Proved: the plan was kept. {frozen} frozen weights and statistics are the same as "
        f"before, bit for bit (SHA-256 {records[0].proof.checksum[:12]}...)."
    )
