"""A policy: how much of a pretrained backbone to train, and how gently, as a frozen value."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Literal, cast

from typing_extensions import Self

from transferleaf.errors import ConfigError
from transferleaf.freezing.layers import BackboneLayers
from transferleaf.freezing.plan import FreezePlan, Method
from transferleaf.quadrant import DataSize, Quadrant, Similarity, member


class BatchNormStatistics(Enum):
    """Whose channel means and variances batch normalisation uses where it is trained."""

    PRETRAINED = "pretrained"  # keep those the weights were trained with; the layers stay frozen
    FROM_LEAVES = "from_leaves"  # train the layers; needs large batches


class HeadStart(Enum):
    """Where the head's weights are when gradient training begins."""

    SOLVED = "solved"  # the best linear classifier on the frozen features
    ZERO = "zero"  # zeros, on the solved head's scaling; the solved head is what epochs must beat
    RANDOM = "random"  # as initialised; for networks trained from scratch


POLICY_NAMES = ("auto", "I", "II", "III", "IV", "head")
"""What ``FreezePolicy.named`` and ``--freeze`` take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezePolicy:
    """How much of a pretrained backbone to train, and how gently.

    A policy names stages by their distance from the head, so it fits every backbone. Most users
    take one from ``for_quadrant``, ``for_data``, ``freeze_base``, ``train_last`` or ``train_all``
    and change single fields with ``dataclasses.replace`` or the factories' keyword arguments.

    Attributes:
        trainable_stages: Stages left trainable, counted from the head: their number, where 0
            freezes the whole base; a share of the stages in (0, 1), rounded up; ``"all"``; or
            ``"auto"``, which the first ``fit`` decides from evidence.
        head_stages: Stages whose globally averaged outputs feed the head: ``"all"``, from low-level
            to high-level features; ``"last"``, the classical head; or a tuple of stage names.
        head_pooling: What the head sees of these stages: ``"second-order"``, their averages and,
            of the early ones, the covariances of their channels; or ``"average"``, the averages.
        head_start: Whether the head is solved on the frozen features first, and whether gradient
            training starts from that solution or from zeros.
        epochs: Epochs of gradient training where ``fit`` is not told otherwise, at least 1;
            ``None``: as many as make ``steps``, at least 5 and at most 30.
        steps: Optimizer steps of gradient training where ``epochs`` is ``None``; at least 1.
        learning_rate: Peak step size of AdamW for the last stage; in (0, 1].
        head_rate: The head's step size as a multiple of ``learning_rate``; above 0.
        stage_decay: Step size of a stage as a multiple of that of the stage after it; in (0, 1].
            After the discriminative fine-tuning of Howard and Ruder (2018).
        warmup_epochs: Epochs over which the step size rises from 0 before it falls along a cosine.
        batch_norm: Whose statistics batch normalisation uses in trainable stages.
        weight_decay: Decoupled weight decay of AdamW; in [0, 1].
        global_clipnorm: Greatest norm of all gradients of a step together, as in
            ``keras.optimizers.AdamW``, above 0; ``None``: gradients are taken as they are.
        dropout: Share of head features dropped in gradient training; in [0, 1).
        label_smoothing: Share of the target spread over all classes; in [0, 1).
        patience: Epochs without a better validation result before training stops, counted from the
            end of the warm-up; ``None``: never. Epochs are compared with each other here, not with
            the solved head.
        views: Where the classifier augments and stages are frozen: changed views of each training
            photo that are computed once, at least 0. The head learns from all of them, and epochs
            take turns through them. With 0 the head learns from the photos alone, and each epoch
            changes them anew, at the price of the whole network running in each.
        quadrant: The cell of the size-similarity matrix the policy was made for, if any.

    Raises:
        ConfigError: A field has a value that cannot work.

    >>> FreezePolicy.for_quadrant("IV").trainable_stages
    0
    >>> FreezePolicy.train_last(stages=2, learning_rate=1e-5)
    FreezePolicy(trainable_stages=2, learning_rate=1e-05)
    """

    trainable_stages: int | float | Literal["all", "auto"]
    head_stages: Literal["all", "last"] | tuple[str, ...] = "all"
    head_pooling: Literal["second-order", "average"] = "second-order"
    head_start: HeadStart = HeadStart.SOLVED
    epochs: int | None = None
    steps: int = 600
    learning_rate: float = 1e-4
    head_rate: float = 1.0
    stage_decay: float = 1.0
    warmup_epochs: float = 1.0
    batch_norm: BatchNormStatistics = BatchNormStatistics.PRETRAINED
    weight_decay: float = 1e-4
    global_clipnorm: float | None = None
    dropout: float = 0.0
    label_smoothing: float = 0.0
    patience: int | None = None
    views: int = 4
    quadrant: Quadrant | None = None

    def __post_init__(self) -> None:
        for field, check, must in _RULES:
            value = getattr(self, field)
            if not _holds(check, value):
                raise ConfigError(field, value, must)

    @classmethod
    def for_quadrant(cls, quadrant: Quadrant | str, **changes: Any) -> Self:
        """Return the policy for a cell of the size-similarity matrix.

        Args:
            quadrant: A ``Quadrant`` or its numeral: I (large, similar), II (large, dissimilar),
                III (small, dissimilar), IV (small, similar).
            **changes: Fields of the policy to set otherwise.

        Raises:
            ConfigError: There is no such quadrant, or a field has a value that cannot work.

        Source:
            The four strategies of the size-similarity matrix; the CS231n notes on transfer
            learning for III. ``QUADRANT_POLICIES`` holds the numbers.
        """
        from transferleaf.freezing.quadrants import QUADRANT_POLICIES

        cell = Quadrant.named(quadrant)
        return replace(cast(Self, QUADRANT_POLICIES[cell]), **changes)

    @classmethod
    def for_data(
        cls, *, size: DataSize | str, similarity: Similarity | str, **changes: Any
    ) -> Self:
        """Return the policy for an amount of data and its similarity to the pretraining data.

        Args:
            size: ``"small"`` or ``"large"``, or a ``DataSize``.
            similarity: ``"low"`` or ``"high"``, or a ``Similarity``.
            **changes: Fields of the policy to set otherwise.

        Raises:
            ConfigError: A value is none of these.
        """
        return cls.for_quadrant(Quadrant.of(size, similarity), **changes)

    @classmethod
    def named(cls, name: str, **changes: Any) -> Self:
        """Return the policy that the command line's ``--freeze`` calls so.

        Args:
            name: ``"auto"``, ``"head"``, or the numeral of a quadrant, such as ``"IV"``.
            **changes: Fields of the policy to set otherwise.

        Raises:
            ConfigError: No policy is called so, or a field has a value that cannot work.

        >>> FreezePolicy.named("head")
        FreezePolicy(trainable_stages=0)
        """
        if name not in POLICY_NAMES:
            raise ConfigError("freeze", name, f"be one of {', '.join(POLICY_NAMES)}")
        if name == "auto":
            return cls.auto(**changes)
        if name == "head":
            return cls.freeze_base(**changes)
        return cls.for_quadrant(name, **changes)

    @classmethod
    def freeze_base(cls, **changes: Any) -> Self:
        """Train the head alone; every stage stays as it was pretrained."""
        return cls(**{"trainable_stages": 0, **changes})

    @classmethod
    def train_last(cls, *, stages: int | float, **changes: Any) -> Self:
        """Train the head and the last ``stages`` stages, a number or a share of them."""
        return cls(**{"trainable_stages": stages, **changes})

    @classmethod
    def train_all(cls, **changes: Any) -> Self:
        """Train the head and every stage."""
        return cls(**{"trainable_stages": "all", **changes})

    @classmethod
    def auto(cls, **changes: Any) -> Self:
        """Leave the decision to the first ``fit``, which measures where the data stands.

        Args:
            **changes: Fields to keep, whatever is advised; their defaults are no choice.

        Raises:
            ConfigError: A field is set to its default, which advice would overrule, or has a value
                that cannot work.

        >>> FreezePolicy.auto(epochs=2)
        FreezePolicy(trainable_stages='auto', epochs=2)
        """
        from transferleaf.freezing.quadrants import QUADRANT_POLICIES

        for field in fields(cls):
            advised = {getattr(policy, field.name) for policy in QUADRANT_POLICIES.values()}
            overruled = advised != {field.default}
            if field.name in changes and changes[field.name] == field.default and overruled:
                must = (
                    "differ from its default, which nobody can tell from a field left open; take "
                    "the policy of transferleaf.advise(data) and change it with dataclasses.replace"
                )
                raise ConfigError(field.name, field.default, must)
        return cls(**{**changes, "trainable_stages": "auto"})

    @property
    def undecided(self) -> bool:
        """Whether what trains is still to be decided from evidence."""
        return self.trainable_stages == "auto"

    def decided(self, advised: FreezePolicy) -> FreezePolicy:
        """Return ``advised`` with the fields of this policy that differ from their defaults.

        >>> FreezePolicy.auto(epochs=2).decided(FreezePolicy.train_all(epochs=9, dropout=0.5))
        FreezePolicy(trainable_stages='all', epochs=2, dropout=0.5)
        """
        kept = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name != "trainable_stages" and getattr(self, field.name) != field.default
        }
        return replace(advised, **kept)

    def plan(
        self,
        layers: BackboneLayers,
        *,
        classes: int,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        optimizer: Literal["policy", "user"] = "policy",
    ) -> FreezePlan:
        """Apply the policy to one backbone.

        Args:
            layers: The backbone's layers, as ``Backbone.describe()`` tells them.
            classes: Number of classes of the head, at least 1.
            epochs: Epochs of gradient training; the policy's where ``None``.
            steps_per_epoch: Batches an epoch, from which a policy without ``epochs`` counts them;
                12 epochs where ``None``.
            optimizer: Who chose the optimizer. A user's one trains the head by gradient even
                where the policy alone would be content with the solved head.

        Returns:
            What will be trained, phase by phase; nothing is changed.

        Raises:
            ConfigError: The policy asks for stages that the backbone does not have, or is not
                decided yet.
        """
        from transferleaf.freezing.planning import make_plan

        return make_plan(
            self,
            layers,
            classes=classes,
            epochs=epochs,
            steps_per_epoch=steps_per_epoch,
            optimizer=optimizer,
        )

    @property
    def first_method(self) -> Method:
        """How the first phase of a plan trains the head."""
        return Method.GRADIENT if self.head_start is HeadStart.RANDOM else Method.SOLVE

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that ``from_dict`` takes and JSON can hold."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the policy whose ``to_dict`` gave ``values``.

        Raises:
            ConfigError: A field is unknown or has a value that cannot work.
        """
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise ConfigError("policy", name, f"have only the fields {sorted(known)}")
        head = values.get("head_stages", "all")
        quadrant = values.get("quadrant")
        enums = {
            "head_stages": tuple(head) if isinstance(head, list) else head,
            "head_start": member("head_start", HeadStart, values.get("head_start", "solved")),
            "batch_norm": member(
                "batch_norm", BatchNormStatistics, values.get("batch_norm", "pretrained")
            ),
            "quadrant": None if quadrant is None else Quadrant.named(quadrant),
        }
        return cls(**{**values, **enums})

    def to_json(self) -> str:
        """Return the policy as JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the policy whose ``to_json`` gave ``text``."""
        return cls.from_dict(json.loads(text))

    def __repr__(self) -> str:
        # The fields that differ from their defaults say everything, and read.
        told = [
            f"{field.name}={_plain(getattr(self, field.name))!r}"
            for field in fields(self)
            if getattr(self, field.name) != field.default
        ]
        return f"FreezePolicy({', '.join(told)})"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _holds(check: Callable[[Any], bool], value: Any) -> bool:
    try:
        return check(value)
    except TypeError:  # a value of a kind that cannot even be compared
        return False


def _is_count(value: Any, minimum: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= minimum


def _is_share(value: Any) -> bool:
    return isinstance(value, float) and 0 < value < 1


def _is_stage_names(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and len(set(value)) == len(value)


_RULES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    (
        "trainable_stages",
        lambda value: value in ("all", "auto") or _is_count(value, 0) or _is_share(value),
        'be a number of stages, a share of them in (0, 1), "all" or "auto"',
    ),
    (
        "head_stages",
        lambda value: value in ("all", "last") or _is_stage_names(value),
        'be "all", "last" or a tuple of different stage names',
    ),
    (
        "head_pooling",
        lambda value: value in ("second-order", "average"),
        'be "second-order" or "average"',
    ),
    ("head_start", lambda value: isinstance(value, HeadStart), "be a HeadStart"),
    (
        "epochs",
        lambda value: value is None or _is_count(value, 1),
        "be a whole number of at least 1, or None",
    ),
    ("steps", lambda value: _is_count(value, 1), "be a whole number of at least 1"),
    ("learning_rate", lambda value: 0 < value <= 1, "lie in (0, 1]"),
    ("head_rate", lambda value: value > 0, "be above 0"),
    ("stage_decay", lambda value: 0 < value <= 1, "lie in (0, 1]"),
    ("warmup_epochs", lambda value: 0 <= value < 1e6, "lie in [0, 1000000)"),
    (
        "batch_norm",
        lambda value: isinstance(value, BatchNormStatistics),
        "be a BatchNormStatistics",
    ),
    ("weight_decay", lambda value: 0 <= value <= 1, "lie in [0, 1]"),
    (
        "global_clipnorm",
        lambda value: value is None or value > 0,
        "be above 0, or None",
    ),
    ("dropout", lambda value: 0 <= value < 1, "lie in [0, 1)"),
    ("label_smoothing", lambda value: 0 <= value < 1, "lie in [0, 1)"),
    (
        "patience",
        lambda value: value is None or _is_count(value, 1),
        "be a whole number of at least 1, or None",
    ),
    ("views", lambda value: _is_count(value, 0), "be a whole number of at least 0"),
    (
        "quadrant",
        lambda value: value is None or isinstance(value, Quadrant),
        "be a Quadrant or None",
    ),
)
