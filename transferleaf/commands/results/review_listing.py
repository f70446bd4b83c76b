"""The questions of a review without its page, as JSON and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from transferleaf.text.terminal import from_strangers
from transferleaf.text.wording import counted

if TYPE_CHECKING:
    from transferleaf.reviewing.review import Subject


def question_row(subject: Subject, number: int) -> dict[str, Any]:
    """Return a question as JSON values."""
    from transferleaf.reviewing.sentences import sentence

    item, data = subject.items[number], subject.data
    proposed = None if item.proposed is None else data.classes[item.proposed]
    return {
        "file": str(data.paths[item.photo]),
        "kind": item.kind,
        "class": data.classes[item.given],
        "proposed_class": proposed,
        "proposed_decision": item.action,
        "compare_with": None if item.other is None else str(data.paths[item.other]),
        "suspicion": round(item.suspicion, 4),
        "reasons": [sentence(reason) for reason in item.reasons],
    }


def print_questions(subject: Subject, shown: int, console: Console) -> None:
    """Print the first questions and their number."""
    from transferleaf.reviewing.sentences import sentence

    table = Table(box=None, pad_edge=False)
    table.add_column("photo", overflow="fold")
    table.add_column("why", overflow="fold")
    for item in subject.items[:shown]:
        why = " ".join(sentence(reason) for reason in item.reasons)
        table.add_row(from_strangers(subject.shown_name(item.photo)), from_strangers(why))
    console.print(table)
    more = len(subject.items) - shown
    rest = f"; {more:,} more with --limit" if more > 0 else ""
    console.print(f"{counted(len(subject.items), 'question')}{rest}")
