"""An audit as a report for the terminal: a headline, then each finding in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from transferleaf.auditing.audit import Audit
from transferleaf.auditing.finding import Finding, Severity
from transferleaf.terminal import Terminal, from_strangers
from transferleaf.wording import counted

_STYLES: Mapping[Severity, str] = {"error": "bold red", "warning": "bold yellow", "note": "cyan"}
# Number of examples of a finding, by severity.
_EXAMPLES: Mapping[Severity, int] = {"error": 3, "warning": 2, "note": 1}
_MARGIN = 9  # the column of the severities
_NARROWEST = 24


class Report:
    """Format an audit for a terminal of any width, as a rich renderable."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(options.max_width - _MARGIN, _NARROWEST)
        # Text instead of str, because rich would interpret brackets in file names as markup.
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for finding in self._audit.findings:
            severity = Text(finding.severity, style=_STYLES[finding.severity])
            table.add_row(severity, Text("\n").join(_lines(finding, room)))
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


def _lines(finding: Finding, room: int) -> Iterator[Text]:
    yield Text(finding.title[:1].upper() + finding.title[1:], style="bold")
    yield from map(from_strangers, _examples(finding, room))
    yield Text(f"{finding.advice} ").append(f"[{finding.sure}]", style="dim")


def _examples(finding: Finding, room: int) -> list[str]:
    """Return the first classes, groups or photos, and the number of others."""
    few = _EXAMPLES[finding.severity]
    if finding.classes and not finding.photos:
        shown = [_with_note(name, finding.notes, room) for name in finding.classes[: few + 1]]
        return [", ".join(shown) + _rest(len(finding.classes), len(shown), " class", " classes")]
    if finding.groups:
        rest = _rest(len(finding.groups), few, " group", " groups")
        half = (room - len(" = ") - len(rest)) // 2
        pairs = [[_quoted(name, half) for name in group[:2]] for group in finding.groups[:few]]
        return _ended([" = ".join(pair) for pair in pairs], rest)
    names = finding.photos or tuple(finding.notes)
    rest = _rest(len(names), few)
    return _ended([_with_note(name, finding.notes, room - len(rest)) for name in names[:few]], rest)


def _ended(lines: list[str], rest: str) -> list[str]:
    """Append the number of others to the last line."""
    return [*lines[:-1], *(line + rest for line in lines[-1:])]


def _rest(number: int, shown: int, one: str = "", many: str = "") -> str:
    rest = number - shown
    return f" and {rest:,} more{one if rest == 1 else many}" if rest > 0 else ""


def _with_note(name: str, notes: Mapping[str, str], room: int) -> str:
    note = notes.get(name, "").rstrip(".")
    told = f" ({note})" if note else ""
    return _quoted(name, room - len(told)) + told


def _quoted(name: str, room: int) -> str:
    """Return a name on one line, shortened in the middle if it is too long."""
    # Control characters could move the cursor, so names with such characters are shown as repr.
    plain = name if name.isprintable() else repr(name)
    room = max(room, _NARROWEST)
    if len(plain) <= room:
        return plain
    end = (room - 3) * 2 // 3
    return f"{plain[: room - 3 - end]}...{plain[-end:]}"


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
