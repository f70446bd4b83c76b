"""An audit as a report for the terminal: a headline, then each finding in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from transferleaf.auditing.audit import Audit
from transferleaf.auditing.finding import Finding, Severity
from transferleaf.text.terminal import Terminal, from_strangers
from transferleaf.text.wording import counted

_STYLES: Mapping[Severity, str] = {"error": "bold red", "warning": "bold yellow", "note": "cyan"}
# Number of examples of a finding, by severity.
_EXAMPLES: Mapping[Severity, int] = {"error": 3, "warning": 2, "note": 1}


class Report:
    """Format an audit for a terminal of any width, as a rich renderable."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # Text instead of str, because rich would interpret brackets in file names as markup.
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")  # a file name must not be cut
        for finding in self._audit.findings:
            severity = Text(finding.severity, style=_STYLES[finding.severity])
            table.add_row(severity, Text("\n").join(_lines(finding)))
        yield from _head(self._audit)
        yield Text()
        yield table
        if self._audit.findings:
            yield Text()
        yield from _foot(self._audit)


def as_text(audit: Audit, *, width: int = 80) -> str:
    """Return an audit as text without colours.

    Args:
        audit: The audit.
        width: Characters a line.
    """
    console = Terminal(width=width, no_color=True, highlight=False, force_terminal=False)
    with console.capture() as captured:
        console.print(Report(audit))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _head(audit: Audit) -> Iterator[Text]:
    leaves = "1 known leaf" if audit.leaves == 1 else f"{audit.leaves:,} known leaves"
    told = [counted(audit.photos, "photo"), f"{len(audit.class_counts)} classes", leaves]
    told += [f"{count:,} in {part}" for part, count in audit.part_counts.items()]
    yield Text(", ".join(told), style="bold")
    yield Text(audit.origin, style="dim")


def _lines(finding: Finding) -> Iterator[Text]:
    yield Text(finding.title[:1].upper() + finding.title[1:], style="bold")
    yield from map(from_strangers, _examples(finding))
    yield Text(f"{finding.advice} ").append(f"[{finding.sure}]", style="dim")


def _examples(finding: Finding) -> list[str]:
    """Return the first classes, groups or photos, and the number of others."""
    few = _EXAMPLES[finding.severity]
    if finding.classes and not finding.photos:
        shown = [_with_note(name, finding.notes) for name in finding.classes[: few + 1]]
        return [", ".join(shown) + _rest(len(finding.classes), len(shown), " class", " classes")]
    if finding.groups:
        rest = _rest(len(finding.groups), few, " group", " groups")
        pairs = [[_quoted(name) for name in group[:2]] for group in finding.groups[:few]]
        return _ended([" = ".join(pair) for pair in pairs], rest)
    names = finding.photos or tuple(finding.notes)
    rest = _rest(len(names), few)
    return _ended([_with_note(name, finding.notes) for name in names[:few]], rest)


def _ended(lines: list[str], rest: str) -> list[str]:
    """Append the number of others to the last line."""
    return [*lines[:-1], *(line + rest for line in lines[-1:])]


def _rest(number: int, shown: int, one: str = "", many: str = "") -> str:
    rest = number - shown
    return f" and {rest:,} more{one if rest == 1 else many}" if rest > 0 else ""


def _with_note(name: str, notes: Mapping[str, str]) -> str:
    note = notes.get(name, "").rstrip(".")
    return f"{_quoted(name)} ({note})" if note else _quoted(name)


def _quoted(name: str) -> str:
    """Return a name without line breaks. It is whole, so that users can find the file."""
    # Control characters could move the cursor, so names with such characters are shown as repr.
    return name if name.isprintable() else repr(name)


def _foot(audit: Audit) -> Iterator[Text]:
    if audit.passed:
        yield Text("Nothing found of: ", style="green").append(f"{', '.join(audit.passed)}.", "")
    reasons: dict[str, list[str]] = {}
    for what, why in audit.not_run.items():
        reasons.setdefault(why, []).append(what)
    for why, several in reasons.items():
        yield Text("Not looked for: ", style="yellow").append(f"{', '.join(several)}: {why}.", "")
    numbers = [
        counted(len(audit.of_severity(severity)), severity)
        for severity in ("error", "warning", "note")
    ]
    yield Text(", ".join(numbers), style="bold")
