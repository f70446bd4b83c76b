"""A plan: a policy applied to one backbone, phase by phase, before training."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from typing_extensions import Self

from transferleaf.text.notebook import html_of

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


class Method(Enum):
    """How a phase trains."""

    SOLVE = "solve"  # the optimal linear head on stored features
    GRADIENT = "gradient"  # gradient descent


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """What one phase does with one stage.

    Attributes:
        name: The stage.
        parameters: Number of parameters of the stage.
        trainable: Paths of the layers that train, in network order. Empty if the stage is frozen.
        trainable_parameters: Number of parameters of these layers.
        rate: Learning rate as a multiple of that of the phase; 0 if the stage is frozen.
        batch_norm: ``"frozen"``, ``"trained"``, or ``"none"`` in a stage without batch norm.
    """

    name: str
    parameters: int
    trainable: tuple[str, ...] = ()
    trainable_parameters: int = 0
    rate: float = 0.0
    batch_norm: str = "none"


# Share of the epochs that use smaller photos; docs/retraining.md has the measurement.
_SMALL_SHARE = 0.6


def small_epochs(epochs: int) -> int:
    """Return how many of ``epochs`` use smaller photos. The last epoch never does.

    >>> [small_epochs(epochs) for epochs in (1, 2, 5, 8, 30)]
    [0, 1, 3, 5, 18]
    """
    return min(round(_SMALL_SHARE * epochs), max(epochs - 1, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of the training in which the same layers train.

    Attributes:
        name: The name.
        method: Whether the head is solved or layers train by gradient descent.
        epochs: Gradient epochs; 0 if the head is solved.
        stages: All stages of the backbone, from the first to the last.
        head_rate: Learning rate of the head as a multiple of ``learning_rate``.
        learning_rate: Peak learning rate. ``None`` if your own optimizer sets it, or without
            optimizer.
        passes: Predicted work per photo and epoch, as a multiple of a forward pass of the backbone,
            if the outputs of frozen stages are stored.
        initial_image_size: Height and width of the training photos in the first epochs, in pixels.
            ``None``: the image size of the backbone.
    """

    name: str
    method: Method
    epochs: int
    stages: tuple[StagePlan, ...]
    head_rate: float = 1.0
    learning_rate: float | None = None
    passes: float = 1.0
    initial_image_size: int | None = None

    @property
    def initial_epochs(self) -> int:
        """Number of epochs with photos of ``initial_image_size``."""
        return 0 if self.initial_image_size is None else small_epochs(self.epochs)

    @property
    def steps(self) -> int:
        """Number of results of the phase: one for each epoch, or one for solving the head."""
        return 1 if self.method is Method.SOLVE else self.epochs

    @property
    def trainable(self) -> tuple[str, ...]:
        """Paths of the backbone layers that train, in network order."""
        return tuple(path for stage in self.stages for path in stage.trainable)

    @property
    def rates(self) -> dict[str, float]:
        """Learning rate of each trainable backbone layer, as a multiple of ``learning_rate``."""
        return {path: stage.rate for stage in self.stages for path in stage.trainable}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FreezePlan:
    """A policy applied to one backbone: what trains and what is frozen in each phase.

    ``print`` shows a table. ``from_json`` restores exactly what ``to_json`` returns.

    Attributes:
        title: Description of the policy.
        backbone: Name of the backbone.
        classes: Number of classes.
        head_stages: Names of the stages whose averaged outputs feed the head.
        second_order_stages: Names of the stages whose covariances also feed it.
        head_region: What the head pools over: ``"photo"`` or ``"leaf"``.
        head_parameters: Number of parameters of the head.
        phases: The phases, in order.
    """

    title: str
    backbone: str
    classes: int
    head_stages: tuple[str, ...]
    head_parameters: int
    phases: tuple[Phase, ...]
    second_order_stages: tuple[str, ...] = ()
    head_region: str = "photo"

    @property
    def parameters(self) -> int:
        """Number of parameters of backbone and head."""
        return self.head_parameters + sum(stage.parameters for stage in self.phases[0].stages)

    @property
    def gradient_epochs(self) -> int:
        """Number of gradient epochs of all phases."""
        return sum(phase.epochs for phase in self.phases)

    def trainable_parameters(self, phase: Phase) -> int:
        """Return the number of parameters that ``phase`` trains, in backbone and head."""
        return self.head_parameters + sum(stage.trainable_parameters for stage in phase.stages)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as a dictionary of JSON values."""
        values = asdict(self)
        for phase in values["phases"]:
            phase["method"] = phase["method"].value
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Create a plan from the result of ``to_dict``."""
        phases = tuple(_phase(phase) for phase in values["phases"])
        names = {
            field: tuple(values.get(field, ())) for field in ("head_stages", "second_order_stages")
        }
        return cls(**{**values, **names, "phases": phases})

    def to_json(self) -> str:
        """Return the plan as JSON."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Create a plan from the result of ``to_json``."""
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
        from transferleaf.text.terminal import Terminal

        console = Terminal(width=100, color_system=None)
        with console.capture() as captured:
            console.print(self)
        return captured.get()


def _phase(values: dict[str, Any]) -> Phase:
    stages = tuple(
        StagePlan(**{**stage, "trainable": tuple(stage["trainable"])}) for stage in values["stages"]
    )
    return Phase(**{**values, "method": Method(values["method"]), "stages": stages})
