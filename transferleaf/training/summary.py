"""What a fit tells when it is over: the best epoch, the speeds, and the proof."""

from __future__ import annotations

from collections.abc import Sequence

from transferleaf.training.chance import Comparison
from transferleaf.training.run import PhaseRecord, PlanRun


def best_line(run: PlanRun) -> str:
    """Which epoch's weights are in place, its results, and why it is not the one that led."""
    results = ", ".join(f"{name} {value:.4f}" for name, value in run.best.logs.items())
    told = f"Best: {run.name_of_best()}{f' ({results})' if results else ''}."
    declined = run.best.declined
    return told if declined is None else f"{told} {_why_not(run.best.leader, declined)}"


def _why_not(epoch: int, found: Comparison) -> str:
    return (
        f"Gradient epoch {epoch} has {found.after} of {found.photos} validation photos right and "
        f"the head {found.before}: not better by more than chance."
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
