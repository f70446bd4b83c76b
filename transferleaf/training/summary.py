"""What a fit tells when it is over: the best epoch, the speeds, and the proof."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape

from transferleaf.training.callbacks import accuracy_in
from transferleaf.training.chance import Comparison, beats_guessing
from transferleaf.training.run import PhaseRecord, PlanRun


def best_line(run: PlanRun) -> str:
    """Which epoch's weights are in place, its results, and why it is not the one that led."""
    results = ", ".join(f"{name} {value:.4f}" for name, value in run.best.logs.items())
    told = f"Best: {run.name_of_best()}{f' ({results})' if results else ''}."
    declined = run.best.declined
    return told if declined is None else f"{told} {_why_not(run.best.leader, declined)}"


def _why_not(epoch: int, found: Comparison) -> str:
    return (
        f"Gradient epoch {epoch + 1} has {found.after} of {found.photos} validation photos right "
        f"and the head {found.before}: not better by more than chance."
    )


def guessing_line(run: PlanRun, classes: Sequence[str]) -> str:
    """Whether the kept weights do no better than always naming one class; empty where they do.

    Nothing is said of streams, which do not tell how many photos of a class they hold, nor of
    metrics without an accuracy.
    """
    validation = run.inputs.validation
    feed, prefix, what = (
        (run.inputs.train, "", "training")
        if validation is None
        else (validation, "val_", "validation")
    )
    accuracy = accuracy_in(run.best.logs, prefix=prefix)
    if feed.indexed is None or accuracy is None:
        return ""
    counts = feed.class_counts(len(classes))
    if beats_guessing(accuracy, counts):
        return ""
    common, guessed = classes[int(counts.argmax())], counts.max() / counts.sum()
    return (
        f"No better than guessing: of the {counts.sum():,} {what} photos {accuracy:.1%} are right, "
        f"and always naming {escape(common)} gets {guessed:.1%}. Look "
        "at the photos, their labels and their pixel values; there may be too few."
    )


def speeds_line(records: Sequence[PhaseRecord]) -> str:
    """How many photos a second each part of the work managed, so that the slowest is seen."""
    names = {"decode": "decoding", "prefix": "frozen stages", "tail": "trainable part"}
    told = {
        name: f"{text} {record.speeds[name]:,.0f}"
        for record in records
        for name, text in names.items()
        if name in record.speeds
    }
    return f"Photos a second: {', '.join(told.values())}." if told else ""


def proof_line(records: Sequence[PhaseRecord]) -> str:
    """What was proved to be unchanged."""
    frozen = max(record.proof.frozen for record in records)
    if not frozen:
        return "The plan froze nothing, so there is nothing to prove."
    return (
        f"Proved: the plan was kept. {frozen} frozen weights and statistics are the same as "
        f"before, bit for bit (SHA-256 {records[0].proof.checksum[:12]}...)."
    )
