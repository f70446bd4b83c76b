"""A time limit for a fit: what is left of it, and how much gradient training fits into the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import keras

from transferleaf.errors import ConfigError
from transferleaf.wording import counted, duration

# What is kept back for the last validation pass, the proof and the best weights.
_RESERVE_SHARE, _RESERVE_SECONDS = 0.08, 3.0

# Reading photos may take so much of the limit, and the search for the head's L2 strength ends when
# less than the other share is left.
_READING_SHARE, _TIGHT_SHARE = 0.5, 0.2

# Fewer steps gain too little to be worth their time.
FEWEST_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTimes:
    """What gradient training takes on this machine.

    Attributes:
        step: Seconds of one optimizer step.
        validation: Seconds of one pass over the validation photos; 0 without.
    """

    step: float
    validation: float

    def epochs(self, count: int, steps: int) -> float:
        """Seconds of so many epochs of so many steps."""
        return count * (steps * self.step + self.validation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How much gradient training a phase does.

    Attributes:
        epochs: Number of epochs; 0 where there is no time for any that could help.
        steps: Optimizer steps of each. Where they are fewer than the batches of the data, each
            epoch draws other photos.
    """

    epochs: int
    steps: int


@dataclass(kw_only=True)
class TimeLimit:
    """The time that a fit may take.

    Attributes:
        seconds: The limit; infinite where there is none.
        clock: Tells the time in seconds.
        began: When the fit began, by ``clock``.
        photo_seconds: Seconds to read a photo and compute its features, once measured.
    """

    seconds: float = float("inf")
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    photo_seconds: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def left(self) -> float:
        """Seconds until the limit, less what the end of a fit takes."""
        reserve = max(_RESERVE_SECONDS, _RESERVE_SHARE * self.seconds)
        return self.seconds - reserve - (self.clock() - self.began)

    @property
    def limited(self) -> bool:
        """Whether there is a limit at all."""
        return self.seconds != float("inf")

    @property
    def is_tight(self) -> bool:
        """Whether so little is left that the best so far has to do."""
        return self.limited and self.left < _TIGHT_SHARE * self.seconds

    def affordable_share(self, seconds: float) -> float:
        """The share of the photos to read, in (0, 1], where all of them take ``seconds``."""
        return min(1.0, _READING_SHARE * max(self.left, 0.0) / max(seconds, 1e-9))

    def schedule(self, planned: Schedule, times: StepTimes) -> Schedule:
        """Fit a schedule into the time that is left.

        Of all numbers of epochs, the one with the most steps in all is taken.

        Args:
            planned: What the policy asks for.
            times: What steps and validation take here.

        >>> limit = TimeLimit(seconds=100, clock=lambda: 0.0)
        >>> times = StepTimes(step=0.25, validation=1.0)
        >>> limit.schedule(Schedule(epochs=10, steps=30), times)
        Schedule(epochs=10, steps=30)
        >>> limit.schedule(Schedule(epochs=10, steps=400), times)
        Schedule(epochs=1, steps=364)
        >>> limit.schedule(Schedule(epochs=10, steps=400), StepTimes(step=1.0, validation=1.0))
        Schedule(epochs=0, steps=0)
        """
        left = self.left
        if not self.limited or times.epochs(planned.epochs, planned.steps) <= left:
            return planned
        found = Schedule(epochs=0, steps=0)
        for epochs in range(1, planned.epochs + 1):
            steps = min(int((left / epochs - times.validation) / times.step), planned.steps)
            if epochs * steps >= max(FEWEST_STEPS, found.epochs * found.steps):
                found = Schedule(epochs=epochs, steps=steps)
        return found

    def explain(self, planned: Schedule, found: Schedule, times: StepTimes) -> str:
        """Say what gradient training will take, and what the limit leaves out."""
        needed = duration(times.epochs(planned.epochs, planned.steps))
        limit = f"the time limit of {duration(self.seconds)}"
        if not found.epochs:
            return (
                f"The solved head is kept: {counted(planned.epochs, 'gradient epoch')} would take "
                f"{needed}, and {limit} leaves {duration(max(self.left, 0.0))}, too little for "
                f"{FEWEST_STEPS} steps."
            )
        told = (
            f"{counted(found.epochs, 'gradient epoch')} of {counted(found.steps, 'step')}: about "
            f"{duration(times.epochs(found.epochs, found.steps))}."
        )
        if found == planned:
            return told
        return (
            f"{told} All {planned.epochs} of {planned.steps} would take {needed}; {limit} is kept."
        )


def checked_time_limit(value: object) -> TimeLimit:
    """Start the clock of a fit.

    Args:
        value: Seconds, above 0; ``None``: no limit.

    Raises:
        ConfigError: It is no such number.
    """
    if value is None:
        return TimeLimit()
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not value > 0:  # type: ignore[operator]
        raise ConfigError("time_limit", value, "be a number of seconds above 0, or None")
    return TimeLimit(seconds=float(value))  # type: ignore[arg-type]


class StopInTime(keras.callbacks.Callback):
    """Ends training where steps take longer than was measured, so that the limit is kept.

    Args:
        limit: The limit of the fit.
        validation: Seconds of a pass over the validation photos, which follows.
    """

    def __init__(self, limit: TimeLimit, validation: float) -> None:
        super().__init__()
        self.limit = limit
        self.validation = validation

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Look at the clock; called by Keras."""
        if self.limit.left < self.validation:
            self.model.stop_training = True
