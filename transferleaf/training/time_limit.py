"""The time limit of a fit: the remaining time, and the gradient training that fits into it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import keras

from transferleaf.errors import ConfigError
from transferleaf.freezing.plan import small_epochs
from transferleaf.text.wording import counted, duration

# Reserved for the last validation pass, the verification and restoring the best weights.
_RESERVE_SHARE, _RESERVE_SECONDS = 0.08, 3.0

# Maximum share of the remaining time for reading photos if gradient epochs follow, and for reading
# photos and solving the head if none follow.
_READING_SHARE, _FROZEN_SHARE = 0.5, 0.9

# Share of the limit that is left when the search for the L2 strength of the head ends.
_TIGHT_SHARE = 0.2

# Seconds of solving a head on second-order features: they grow with the square of the number of
# photos, and linearly from some number of photos on. Measured with 29 classes: 1.3 s with 1,740
# photos, 7 s with 4,537, 34 s with 10,855.
_HEAD_SECONDS, _LINEAR_FROM = 3e-7, 10_000

# Of the interval of the share of the photos: then it is exact to one of a million photos.
_HALVINGS = 20

# Fewer steps improve too little to be worth their time.
FEWEST_STEPS = 100

WORTH_SAYING = 20
"""Shorter times, in seconds, are not printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTimes:
    """The time that gradient training takes on this machine.

    Attributes:
        step: Seconds per optimizer step.
        validation: Seconds per pass over the validation photos; 0 without validation.
        small_step: Seconds per optimizer step on the smaller photos of the first epochs; ``None``
            if there are none.
    """

    step: float
    validation: float
    small_step: float | None = None

    def epochs(self, count: int, steps: int) -> float:
        """Return the seconds of a number of epochs with a number of steps."""
        return steps * self.one_step_in_each(count) + count * self.validation

    def one_step_in_each(self, epochs: int) -> float:
        """Return the seconds of one step in each epoch.

        >>> StepTimes(step=2.0, validation=0.0, small_step=1.0).one_step_in_each(5)
        7.0
        """
        small = 0 if self.small_step is None else small_epochs(epochs)
        return (epochs - small) * self.step + small * (self.small_step or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The amount of gradient training in a phase.

    Attributes:
        epochs: Number of epochs; 0 if there is too little time.
        steps: Optimizer steps per epoch. If there are fewer than batches in the data, each epoch
            uses other photos.
    """

    epochs: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The photos that a fit reads.

    Attributes:
        share: Share of the photos, in (0, 1].
        views: Number of augmented views of each training photo.
    """

    share: float = 1.0
    views: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTimes:
    """The expected seconds of reading the photos of a fit.

    Attributes:
        photos: Seconds to read all photos once, except those that are stored.
        view: Seconds to read one augmented view of each training photo.
        rows: Number of training photos.
    """

    photos: float
    view: float
    rows: int

    def reading(self, views: int) -> float:
        """Return the seconds to read all photos and a number of views."""
        return self.photos + views * self.view


def head_seconds(rows: float) -> float:
    """Return the expected seconds of solving a head on a number of photos and views.

    >>> round(head_seconds(1_740), 1), round(head_seconds(20_000))
    (0.9, 60)
    """
    return _HEAD_SECONDS * rows * min(rows, _LINEAR_FROM)


@dataclass(kw_only=True)
class TimeLimit:
    """The time limit of a fit.

    Attributes:
        seconds: The limit; infinity without a limit.
        clock: Returns the time in seconds.
        began: Start of the fit, by ``clock``.
        photo_seconds: Seconds to read a photo and compute its features; ``None`` until measured.
    """

    seconds: float = float("inf")
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    photo_seconds: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def left(self) -> float:
        """Return the seconds until the limit, minus the reserve for the end of the fit."""
        reserve = max(_RESERVE_SECONDS, _RESERVE_SHARE * self.seconds)
        return self.seconds - reserve - (self.clock() - self.began)

    @property
    def limited(self) -> bool:
        """Return whether there is a limit."""
        return self.seconds != float("inf")

    @property
    def is_tight(self) -> bool:
        """Return whether too little time is left for any further search."""
        return self.limited and self.left < _TIGHT_SHARE * self.seconds

    def affordable(
        self,
        times: ReadingTimes,
        *,
        views: int,
        fewest: int,
        trains: bool,
        spent: float = 0.0,
    ) -> Reading:
        """Return the photos to read. Augmented views are left out before photos are.

        Args:
            times: The expected times of all photos.
            views: Number of views of the policy.
            fewest: Minimum number of views, at most ``views``.
            trains: Whether gradient epochs follow, which need a part of the time.
            spent: Seconds that are spent before reading.

        >>> limit = TimeLimit(seconds=100, clock=lambda: 0.0)  # 46 s of it for reading
        >>> times = ReadingTimes(photos=10.0, view=10.0, rows=0)
        >>> limit.affordable(times, views=8, fewest=0, trains=True)
        Reading(share=1.0, views=3)
        >>> times = ReadingTimes(photos=92.0, view=80.0, rows=0)
        >>> round(limit.affordable(times, views=8, fewest=0, trains=True).share, 3)
        0.5
        """
        if not self.limited:
            return Reading(views=views)
        room = (_READING_SHARE if trains else _FROZEN_SHARE) * max(self.left - spent, 0.0)

        def seconds(share: float, count: int) -> float:
            read = share * times.reading(count)
            return read if trains else read + head_seconds(share * times.rows * (1 + count))

        fitting = (count for count in range(views, fewest, -1) if seconds(1.0, count) <= room)
        found = next(fitting, fewest)
        if seconds(1.0, found) <= room:
            return Reading(views=found)
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if seconds(middle, found) <= room else (low, middle)
        return Reading(share=high, views=found)

    def schedule(self, planned: Schedule, times: StepTimes) -> Schedule:
        """Return a schedule that fits into the remaining time.

        It is the one with the most steps in total.

        Args:
            planned: The schedule of the policy.
            times: The measured times of steps and validation.

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
            room = left - epochs * times.validation
            steps = min(int(room / times.one_step_in_each(epochs)), planned.steps)
            if epochs * steps >= max(FEWEST_STEPS, found.epochs * found.steps):
                found = Schedule(epochs=epochs, steps=steps)
        return found

    def explain(self, planned: Schedule, found: Schedule, times: StepTimes) -> str:
        """Describe the time of gradient training, and what the limit leaves out."""
        told = (
            f"{counted(found.epochs, 'gradient epoch')} of {counted(found.steps, 'step')}: about "
            f"{duration(times.epochs(found.epochs, found.steps))}."
        )
        if found == planned:
            return told
        needed = duration(times.epochs(planned.epochs, planned.steps))
        limit = f"the time limit of {duration(self.seconds)}"
        if not found.epochs:
            return (
                f"The solved head is kept: {counted(planned.epochs, 'gradient epoch')} would take "
                f"{needed}, and {limit} leaves {duration(max(self.left, 0.0))}, too little for "
                f"{FEWEST_STEPS} steps."
            )
        return (
            f"{told} All {planned.epochs} of {planned.steps} would take {needed}; {limit} is kept."
        )


def checked_time_limit(value: object) -> TimeLimit:
    """Return a time limit that starts now.

    Args:
        value: Seconds, above 0, or ``None`` for no limit.

    Raises:
        ConfigError: The value is not such a number.
    """
    if value is None:
        return TimeLimit()
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not value > 0:  # type: ignore[operator]
        raise ConfigError("time_limit", value, "be a number of seconds above 0, or None")
    return TimeLimit(seconds=float(value))  # type: ignore[arg-type]


class StopInTime(keras.callbacks.Callback):
    """Ends training before the limit if the steps are slower than measured.

    Args:
        limit: The limit of the fit.
        validation: Seconds of the validation pass that follows.
    """

    def __init__(self, limit: TimeLimit, validation: float) -> None:
        super().__init__()
        self.limit = limit
        self.validation = validation

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Check the time. Called by Keras."""
        if self.limit.left < self.validation:
            self.model.stop_training = True
