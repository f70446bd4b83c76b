"""The accuracy on the test photos over the time of a training, without that of its evaluations."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.speed.job import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A network during or after its training.

    Attributes:
        trained: What was trained last: ``"head"``, ``"all"``, or the name of a policy.
        seconds: Since the photos were opened, without evaluations.
        accuracy: Accuracy on the test photos, in [0, 1].
        loss: Mean cross-entropy on the test photos.
    """

    trained: str
    seconds: float
    accuracy: float
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The points of one training, in order.

    Attributes:
        points: One per epoch, or one after a ``fit`` of ``transferleaf``.
        versions: Versions of the packages.
    """

    points: tuple[Point, ...]
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Curve:
        """Create it from the result of ``asdict``."""
        points = tuple(Point(**point) for point in values["points"])
        return cls(points=points, versions=values["versions"])

    @property
    def best(self) -> Point:
        """The most accurate point, and the first of several.

        >>> some = [Point(trained="all", seconds=s, accuracy=a, loss=0.1)
        ...         for s, a in ((10, 0.8), (20, 0.9), (30, 0.9))]
        >>> Curve(points=tuple(some)).best.seconds
        20
        """
        return max(self.points, key=lambda point: point.accuracy)


class Recorder:
    """A clock that starts when it is created, and stops during evaluations.

    Attributes:
        points: The recorded points.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.points: list[Point] = []
        self._now = now
        self._began = now()
        self._stopped: float | None = None

    @property
    def seconds(self) -> float:
        """The seconds of training so far."""
        return (self._now() if self._stopped is None else self._stopped) - self._began

    def stop(self) -> None:
        """Stop the clock."""
        self._stopped = self._now()

    def record(self, trained: str, *, accuracy: float, loss: float) -> None:
        """Add a point, and start the clock again."""
        point = Point(trained=trained, seconds=self.seconds, accuracy=accuracy, loss=loss)
        self.points.append(point)
        print(point, file=sys.stderr, flush=True)
        if self._stopped is not None:
            self._began += self._now() - self._stopped
            self._stopped = None


def answer_command_line(train: Callable[..., Curve]) -> None:
    """Train as the command line says, and print the curve. Called at the end of a contender.

    Args:
        train: Takes the places and the settings of the recipe.
    """
    places, settings = (json.loads(argument) for argument in sys.argv[1:3])
    curve = train(Places(**{name: Path(path) for name, path in places.items()}), **settings)
    print(json.dumps(asdict(curve)), flush=True)


def read_curve(output: str) -> Curve:
    """Return the curve in the output of a contender, after lines of other libraries.

    >>> read_curve('Welcome!\\n{"points": [], "versions": {"timm": "1.0"}}').versions
    {'timm': '1.0'}
    """
    return Curve.from_dict(json.loads(output.rstrip().splitlines()[-1]))
