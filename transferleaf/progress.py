"""What training says while it runs: lines of text and progress bars, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from transferleaf.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Reporter:
    """Speaks to the person in front of the terminal.

    Attributes:
        verbose: 0 for silence, 1 for progress bars, 2 for a line an epoch.
    """

    verbose: int

    def say(self, text: object) -> None:
        """Print a line, or anything that rich can print."""
        if self.verbose:
            Terminal().print(text, highlight=False)

    def quote(self, text: str) -> None:
        """Print text that is not ours, such as names of files, as it is."""
        if self.verbose:
            # In whole lines, as people copy paths from here; brackets in them are no styles.
            Terminal().print(text, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def bar(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show a progress bar in a terminal, and give the function that moves it to a count."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeRemainingColumn(), disable=self.verbose != 1) as progress:
            task = progress.add_task(label, total=total)

            def move(done: int) -> None:
                progress.update(task, completed=done)

            yield move
