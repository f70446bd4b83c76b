"""An advice as a short answer for the terminal: measured, do, cost, unsure, code."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from transferleaf.advice.advice import Advice
from transferleaf.advice.wording import STRATEGIES, described, doubt, policy_code
from transferleaf.backbones.registry import is_backbone_name
from transferleaf.terminal import Terminal, from_strangers
from transferleaf.wording import counted


class Answer:
    """An advice laid out for a terminal of any width; for rich to print."""

    def __init__(self, advice: Advice) -> None:
        self._advice = advice

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # Text everywhere, not str: brackets in a name would be taken for markup.
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, style="bold")
        table.add_column()
        for label, said in _rows(self._advice):
            table.add_row(Text(label), from_strangers(said))
        evidence, quadrant = self._advice.evidence, self._advice.quadrant
        title = f"{evidence.backbone} at {evidence.image_size} px: quadrant {quadrant.value}"
        yield Text(f"{title} ({described(quadrant)})", style="bold")
        yield table


def as_text(advice: Advice, *, width: int = 100) -> str:
    """Write an advice without colours.

    Args:
        advice: The advice.
        width: Characters a line.
    """
    console = Terminal(width=width, no_color=True, highlight=False, force_terminal=False)
    with console.capture() as captured:
        console.print(Answer(advice))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _rows(advice: Advice) -> Iterator[tuple[str, str]]:
    for number, reason in enumerate(advice.reasons):
        yield "" if number else "measured", reason
    yield "advice", f"{_sentence(STRATEGIES[advice.quadrant])}{_numbers(advice)}"
    yield "cost", str(advice.cost)
    yield "position", doubt(advice.position, advice.neighbours)
    yield "code", _code(advice)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _numbers(advice: Advice) -> str:
    """The numbers behind the strategy, where anything but the head trains."""
    policy = advice.policy
    if policy.trainable_stages == 0:
        return ""
    epochs = counted(advice.cost.epochs, "epoch")
    return f" {epochs} with a learning rate of {policy.learning_rate:g}."


def _code(advice: Advice) -> str:
    evidence = advice.evidence
    # The name of a network that a user gave would be unknown.
    registered = is_backbone_name(evidence.backbone)
    backbone = f'"{evidence.backbone}"' if registered else "your_network"
    # A network that was given brings its own weights.
    usual = not registered or advice.weights == "imagenet"
    weights = "" if usual else f" weights={advice.weights!r},"
    return (
        "TransferClassifier(classes=data.classes,\n"
        f"    backbone={backbone},{weights} image_size={evidence.image_size},\n"
        f"    freeze={policy_code(advice.policy)})"
    )
