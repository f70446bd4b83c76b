"""The last lines of a fit: the best epoch, the speeds, and the check of the frozen weights."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape

from transferleaf.training.callbacks import HEAD, START, accuracy_in
from transferleaf.training.guessing import beats_guessing
from transferleaf.training.run import PhaseRecord, PlanRun


def best_line(run: PlanRun) -> str:
    """Return a line with the best epoch, its results, and a better accuracy that was not kept."""
    results = ", ".join(f"{name} {value:.4f}" for name, value in run.best.logs.items())
    told = f"Best: {run.name_of_best()}{f' ({results})' if results else ''}."
    leader = run.best.leader
    if run.best.epoch != HEAD or leader == START:
        return told
    better = ", ".join(f"{name} {value:.4f}" for name, value in run.best.leader_logs.items())
    return f"{told} The best gradient epoch, {leader + 1}, has a lower accuracy ({better})."


def guessing_line(run: PlanRun, classes: Sequence[str]) -> str:
    """Return a line if the classifier is not better than always predicting one class.

    Empty otherwise, for streams, whose class counts are unknown, and for metrics without an
    accuracy.
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
        f"No better than guessing: the accuracy on {counts.sum():,} {what} photos is "
        f"{accuracy:.1%}, and always predicting {escape(common)} gives {guessed:.1%}. Check the "
        "photos, their labels and their pixel values, or add photos."
    )


def speeds_line(records: Sequence[PhaseRecord]) -> str:
    """Return a line with the photos per second of each part of the work."""
    names = {"decode": "decoding", "prefix": "frozen stages", "tail": "trainable part"}
    told = {
        name: f"{text} {record.speeds[name]:,.0f}"
        for record in records
        for name, text in names.items()
        if name in record.speeds
    }
    return f"Photos per second: {', '.join(told.values())}." if told else ""


def proof_line(records: Sequence[PhaseRecord]) -> str:
    """Return a line with the verification of the frozen weights."""
    frozen = max(record.proof.frozen for record in records)
    if not frozen:
        return "The plan froze nothing, so there is nothing to verify."
    return (
        f"Verified: all {frozen} frozen weights and statistics are unchanged "
        f"(SHA-256 {records[0].proof.checksum[:12]}...)."
    )
