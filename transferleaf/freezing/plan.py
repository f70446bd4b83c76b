"""A plan: a policy applied to one backbone, phase by phase, before anything is trained."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from typing_extensions import Self

from transferleaf.notebook import html_of

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


class Method(Enum):
    """How a phase trains."""

    SOLVE = "solve"  # the best linear head on stored features, to convergence
    GRADIENT = "gradient"  # by stochastic gradient steps


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """What one phase does with one stage.

    Attributes:
        name: The stage.
        parameters: Values in the stage that training could change.
        trainable: Paths of the layers that train, in network order; empty: the stage is frozen.
        trainable_parameters: Values in those layers.
        rate: Step size as a multiple of the phase's learning rate; 0 where frozen.
        batch_norm: ``"frozen"``, ``"trained"`` or, in a stage without batch norm, ``"none"``.
    """

    name: str
    parameters: int
    trainable: tuple[str, ...] = ()
    trainable_parameters: int = 0
    rate: float = 0.0
    batch_norm: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One stretch of training during which the same layers train.

    Attributes:
        name: What people call it.
        method: How it trains.
        epochs: Gradient epochs; 0 where the head is solved.
        stages: Every stage of the backbone, from low-level to high-level features.
        head_rate: The head's step size as a multiple of ``learning_rate``.
        learning_rate: Peak step size; ``None`` where a user's optimizer sets it or none is used.
        passes: Predicted work per photo and epoch, as a multiple of one forward pass through the
            backbone, where the outputs of frozen stages are stored.
    """

    name: str
    method: Method
    epochs: int
    stages: tuple[StagePlan, ...]
    head_rate: float = 1.0
    learning_rate: float | None = None
    passes: float = 1.0

    @property
    def steps(self) -> int:
        """Stretches of work after which a run is judged: each epoch, and solving the head."""
        return 1 if self.method is Method.SOLVE else self.epochs

    @property
    def trainable(self) -> tuple[str, ...]:
        """Paths of the backbone layers that train, in network order."""
        return tuple(path for stage in self.stages for path in stage.trainable)

    @property
    def rates(self) -> dict[str, float]:
        """Step size of each trainable backbone layer as a multiple of the learning rate."""
        return {path: stage.rate for stage in self.stages for path in stage.trainable}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FreezePlan:
    """A policy applied to one backbone: what trains, what is frozen, phase by phase.

    Printing it shows a table. ``to_json`` and ``from_json`` are exact inverses.

    Attributes:
        title: The policy, for people.
        backbone: The backbone's name.
        classes: Number of classes.
        head_stages: Names of the stages whose averaged outputs feed the head.
        second_order_stages: Names of those whose covariances feed it too.
        head_parameters: Values in the head.
        phases: What happens, in order.
    """

    title: str
    backbone: str
    classes: int
    head_stages: tuple[str, ...]
    head_parameters: int
    phases: tuple[Phase, ...]
    second_order_stages: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """Values that training could change, in backbone and head."""
        return self.head_parameters + sum(stage.parameters for stage in self.phases[0].stages)

    @property
    def gradient_epochs(self) -> int:
        """Gradient epochs of all phases."""
        return sum(phase.epochs for phase in self.phases)

    def trainable_parameters(self, phase: Phase) -> int:
        """Values that ``phase`` trains, in backbone and head."""
        return self.head_parameters + sum(stage.trainable_parameters for stage in phase.stages)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that ``from_dict`` takes and JSON can hold."""
        values = asdict(self)
        for phase in values["phases"]:
            phase["method"] = phase["method"].value
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the plan whose ``to_dict`` gave ``values``."""
        phases = tuple(_phase(phase) for phase in values["phases"])
        names = {
            field: tuple(values.get(field, ())) for field in ("head_stages", "second_order_stages")
        }
        return cls(**{**values, **names, "phases": phases})

    def to_json(self) -> str:
        """Return the plan as JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the plan whose ``to_json`` gave ``text``."""
        return cls.from_dict(json.loads(text))

    def __repr__(self) -> str:
        phases = ", ".join(phase.name for phase in self.phases)
        return f"FreezePlan({self.title!r}, {self.backbone}, {self.classes} classes: {phases})"

    def _repr_html_(self) -> str:
        return html_of(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from transferleaf.freezing.table import plan_table

        yield plan_table(self)

    def __str__(self) -> str:
        from transferleaf.terminal import Terminal

        console = Terminal(width=100, color_system=None)
        with console.capture() as captured:
            console.print(self)
        return captured.get()


def _phase(values: dict[str, Any]) -> Phase:
    stages = tuple(
        StagePlan(**{**stage, "trainable": tuple(stage["trainable"])}) for stage in values["stages"]
    )
    return Phase(**{**values, "method": Method(values["method"]), "stages": stages})
