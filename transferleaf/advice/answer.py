"""An advice as a short answer for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from transferleaf.advice.advice import Advice
from transferleaf.advice.wording import (
    better_sentence,
    policy_code,
    strategy_of,
    textbook_sentence,
)
from transferleaf.backbones.registry import is_backbone_name
from transferleaf.text.terminal import Terminal, from_strangers
from transferleaf.text.wording import duration


class Answer:
    """A layout of an advice that rich prints at any width."""

    def __init__(self, advice: Advice) -> None:
        self._advice = advice

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # Text instead of str, because rich would interpret brackets in a name as markup.
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, style="bold")
        table.add_column()
        for label, said in _rows(self._advice):
            table.add_row(Text(label), from_strangers(said))
        evidence = self._advice.evidence
        title = f"{evidence.backbone} at {evidence.image_size} px"
        if self._advice.recommended is not None:
            title = f"{title}: quadrant {self._advice.recommended.name}"
        yield Text(title, style="bold")
        yield table


def as_text(advice: Advice, *, width: int = 100) -> str:
    """Return an advice as text without colours.

    Args:
        advice: The advice.
        width: Characters per line.
    """
    console = Terminal(width=width, no_color=True, highlight=False, force_terminal=False)
    with console.capture() as captured:
        console.print(Answer(advice))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _rows(advice: Advice) -> Iterator[tuple[str, str]]:
    for number, reason in enumerate(advice.reasons):
        yield "" if number else "measured", reason
    for number, line in enumerate(_expected(advice)):
        yield "" if number else "expected", line
    chosen = advice.recommended
    if chosen is not None:
        yield "advice", _sentence(f"{strategy_of(chosen)}{_within(advice)}")
        if better := better_sentence(chosen, advice.expected, time_limit=advice.time_limit):
            yield "", better
        pretrained = advice.evidence.similarity.pretrained
        yield (
            "textbook",
            textbook_sentence(advice.quadrant, chosen, advice.expected, pretrained=pretrained),
        )
    yield "code", _code(advice)


def _expected(advice: Advice) -> Iterator[str]:
    """Yield a line for each choice, with aligned columns."""
    width = max((len(each.name) for each in advice.expected), default=0)
    for each in advice.expected:
        took = "" if each.seconds is None else f", about {duration(each.seconds)}"
        mark = "  <- advice" if each == advice.recommended else ""
        yield (
            f"{each.name:{width}}  {each.accuracy:.1%} ({each.low:.1%} to {each.high:.1%})"
            f"{took}{mark}"
        )


def _within(advice: Advice) -> str:
    limit = advice.time_limit
    return "" if limit is None else f" (within {duration(limit)})"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _code(advice: Advice) -> str:
    evidence = advice.evidence
    # The name of a user's own network is not registered.
    registered = is_backbone_name(evidence.backbone)
    backbone = f'"{evidence.backbone}"' if registered else "your_network"
    # A user's own network has its weights.
    usual = not registered or advice.weights == "imagenet"
    weights = "" if usual else f" weights={advice.weights!r},"
    views = advice.recommended is not None and advice.recommended.augmented
    augment = ",\n    augment=Augmentation.leaf()" if views else ""
    return (
        "TransferClassifier(classes=data.classes,\n"
        f"    backbone={backbone},{weights} image_size={evidence.image_size},\n"
        f"    freeze={policy_code(advice.policy)}{augment})"
    )
