"""Output during training: lines of text and progress bars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from transferleaf.text.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Reporter:
    """Prints messages and progress bars for the user.

    Attributes:
        verbose: 0 for no output, 1 for progress bars, 2 for one line per epoch.
    """

    verbose: int

    def say(self, text: object) -> None:
        """Print a line, or any object that rich can print."""
        if self.verbose:
            Terminal().print(text, highlight=False)

    def quote(self, text: str) -> None:
        """Print text from outside, such as file names, without interpreting styles."""
        if self.verbose:
            # Without line breaks, because users copy paths from here.
            Terminal().print(text, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def bar(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show a progress bar in a terminal. Yields a function that sets the current count."""
        if self.verbose != 1:  # a disabled bar of rich 13 would print an empty line
            yield lambda done: None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeRemainingColumn()) as progress:
            task = progress.add_task(label, total=total)

            def move(done: int) -> None:
                progress.update(task, completed=done)

            yield move
