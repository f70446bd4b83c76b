"""A policy: which stages of a pretrained backbone to train, and with what learning rates."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Literal, cast

import numpy as np
from typing_extensions import Self

from transferleaf.errors import ConfigError
from transferleaf.freezing.layers import BackboneLayers
from transferleaf.freezing.plan import FreezePlan, Method
from transferleaf.quadrant import DataSize, Quadrant, Similarity, member


class BatchNormStatistics(Enum):
    """The statistics that batch normalisation uses in stages that train."""

    PRETRAINED = "pretrained"  # the pretrained statistics; the layers stay frozen
    FROM_LEAVES = "from_leaves"  # the layers train; use large batches


class HeadStart(Enum):
    """The weights of the head when gradient training begins."""

    SOLVED = "solved"  # the optimal linear classifier on the frozen features
    ZERO = "zero"  # zeros, with the feature scaling of the solved head
    RANDOM = "random"  # random weights, for networks trained from scratch


POLICY_NAMES = ("auto", "I", "II", "III", "IV", "head")
"""The names for ``FreezePolicy.named`` and ``--freeze``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezePolicy:
    """Which stages of a pretrained backbone to train, and with what learning rates.

    A policy counts stages from the head, so it works with every backbone. Usually you create one
    with ``for_quadrant``, ``for_data``, ``freeze_base``, ``train_last`` or ``train_all``. To change
    single fields, use the keyword arguments of these methods, or ``dataclasses.replace``.

    Attributes:
        trainable_stages: Stages to train, counted from the head: a number (0 freezes the whole
            base), a share of the stages in (0, 1), rounded up, ``"all"``, or ``"auto"``, which the
            first ``fit`` replaces after measuring the data.
        head_stages: Stages whose outputs feed the head: ``"all"``, ``"last"`` as in a classical
            head, or a tuple of stage names.
        head_pooling: ``"second-order"`` for the averages of these stages and the channel
            covariances of early stages, or ``"average"`` for the averages only.
        head_region: ``"photo"`` to pool over all positions of a photo, or ``"leaf"`` to pool over
            the positions that show the leaf (masked average pooling). ``fit`` finds these positions
            with a leaf map that it fits on field scenes composed from the training photos, which
            must show leaves on a plain background. The head then distinguishes photos from field
            scenes; see ``head_domains``. Only for a frozen base.
        head_start: Whether to solve the head on the frozen features first, and whether gradient
            training starts from the solved head or from zeros.
        epochs: Gradient epochs, at least 1. ``fit(epochs=...)`` overrides it. ``None`` stands for
            as many as make ``steps``, at least 5 and at most 30.
        steps: Optimizer steps of gradient training if ``epochs`` is ``None``, at least 1.
        learning_rate: Peak learning rate of AdamW for the last stage, in (0, 1].
        head_rate: Learning rate of the head as a multiple of ``learning_rate``, above 0.
        initial_image_scale: Height and width of the photos in the first epochs, as a share of the
            image size, in (0, 1]: progressive resizing. About 60 % of the epochs use these smaller
            photos, which take less time. The validation photos have the full size. Only if all
            stages of a convolutional network train; see ``Phase.initial_image_size``.
        stage_decay: Learning rate of a stage as a multiple of that of the next stage, in (0, 1]:
            discriminative fine-tuning after Howard and Ruder (2018).
        warmup_epochs: Epochs in which the learning rate rises from 0, before cosine decay.
        batch_norm: The statistics that batch normalisation uses in stages that train.
        weight_decay: Decoupled weight decay of AdamW, in [0, 1].
        dropout: Dropout rate on the head features in gradient training, in [0, 1).
        label_smoothing: Label smoothing in gradient training, in [0, 1).
        patience: Stop training after this many epochs without improvement on the validation data,
            counted from the end of the warm-up. Epochs are compared with each other, not with the
            solved head. ``None`` disables early stopping.
        views: Number of augmented views per photo that are computed once and stored, at least 0, if
            the classifier augments and stages are frozen. The head is solved on all of them, and
            epochs alternate between them. With 0, the head is solved on the original photos, and
            each epoch augments them again, so the whole network runs in each epoch.
        quadrant: The quadrant for which the policy was made, if any.

    Raises:
        ConfigError: A field has an invalid value.

    >>> FreezePolicy.for_quadrant("IV").trainable_stages
    0
    >>> FreezePolicy.train_last(stages=2, learning_rate=1e-5)
    FreezePolicy(trainable_stages=2, learning_rate=1e-05)
    """

    trainable_stages: int | float | Literal["all", "auto"]
    head_stages: Literal["all", "last"] | tuple[str, ...] = "all"
    head_pooling: Literal["second-order", "average"] = "second-order"
    head_region: Literal["photo", "leaf"] = "photo"
    head_start: HeadStart = HeadStart.SOLVED
    epochs: int | None = None
    steps: int = 400
    learning_rate: float = 1e-4
    head_rate: float = 1.0
    initial_image_scale: float = 1.0
    stage_decay: float = 1.0
    warmup_epochs: float = 1.0
    batch_norm: BatchNormStatistics = BatchNormStatistics.PRETRAINED
    weight_decay: float = 1e-4
    dropout: float = 0.0
    label_smoothing: float = 0.0
    patience: int | None = None
    views: int = 4
    quadrant: Quadrant | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, np.generic):  # for JSON
                object.__setattr__(self, each.name, value.item())
        for field, check, must in _RULES:
            value = getattr(self, field)
            if not _holds(check, value):
                raise ConfigError(field, value, must)
        if self.head_region == "leaf" and self.trainable_stages != 0:
            must = (
                'be "photo" unless the base is frozen (trainable_stages=0): the leaf map is fitted '
                "on the outputs of frozen stages"
            )
            raise ConfigError("head_region", self.head_region, must)

    @classmethod
    def for_quadrant(cls, quadrant: Quadrant | str, **changes: Any) -> Self:
        """Return the policy for a quadrant of the size-similarity matrix.

        Args:
            quadrant: A ``Quadrant`` or its name: ``"I"`` (large, similar), ``"II"`` (large,
                dissimilar), ``"III"`` (small, dissimilar) or ``"IV"`` (small, similar).
            **changes: Fields to change.

        Returns:
            The policy in ``QUADRANT_POLICIES`` with these changes.

        Raises:
            ConfigError: There is no such quadrant, or a field has an invalid value.

        Source:
            The four strategies of the size-similarity matrix; for III, the CS231n notes on transfer
            learning.

        >>> FreezePolicy.for_quadrant("IV", dropout=0.2)
        FreezePolicy(trainable_stages=0, dropout=0.2, quadrant='IV')
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
            **changes: Fields to change.

        Raises:
            ConfigError: An argument has another value.

        >>> FreezePolicy.for_data(size="small", similarity="high")
        FreezePolicy(trainable_stages=0, quadrant='IV')
        """
        return cls.for_quadrant(Quadrant.of(size, similarity), **changes)

    @classmethod
    def named(cls, name: str, **changes: Any) -> Self:
        """Return the policy with a name that ``--freeze`` and ``TransferClassifier`` accept.

        Args:
            name: ``"auto"``, ``"head"``, or a quadrant such as ``"IV"``.
            **changes: Fields to change.

        Raises:
            ConfigError: There is no such name, or a field has an invalid value.

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
        """Train only the head; all stages stay frozen.

        Args:
            **changes: Fields to change.

        >>> FreezePolicy.freeze_base(head_stages="last")
        FreezePolicy(trainable_stages=0, head_stages='last')
        """
        return cls(**{"trainable_stages": 0, **changes})

    @classmethod
    def train_last(cls, *, stages: int | float, **changes: Any) -> Self:
        """Train the head and the last stages.

        Args:
            stages: A number of stages, or a share of them in (0, 1).
            **changes: Fields to change.

        >>> FreezePolicy.train_last(stages=2, stage_decay=0.5)
        FreezePolicy(trainable_stages=2, stage_decay=0.5)
        """
        return cls(**{"trainable_stages": stages, **changes})

    @classmethod
    def train_all(cls, **changes: Any) -> Self:
        """Train the head and all stages.

        Args:
            **changes: Fields to change.

        >>> FreezePolicy.train_all(epochs=10)
        FreezePolicy(trainable_stages='all', epochs=10)
        """
        return cls(**{"trainable_stages": "all", **changes})

    @classmethod
    def auto(cls, **changes: Any) -> Self:
        """Let the first ``fit`` choose the policy. It measures the training data first.

        Args:
            **changes: Fields that keep these values whatever the advice is.

        Raises:
            ConfigError: A field has an invalid value, or its default value, which the advice would
                replace.

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
        """Whether the first ``fit`` must still choose the policy."""
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
        """Apply the policy to a backbone. This does not change the backbone.

        Args:
            layers: The layers of the backbone, from ``Backbone.describe()``.
            classes: Number of classes, at least 1.
            epochs: Gradient epochs. Default: those of the policy.
            steps_per_epoch: Batches per epoch. A policy without ``epochs`` uses it to compute the
                number of epochs, which is 12 if this is ``None``.
            optimizer: ``"user"`` if you called ``compile``. Then gradient epochs train the head
                even if the base is frozen.

        Returns:
            The plan: what trains in each phase.

        Raises:
            ConfigError: The backbone has no such stages, or the policy is ``"auto"``.
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
    def head_domains(self) -> int:
        """Number of domains of the head: 2 if it pools over the leaf, otherwise 1.

        With two domains, each class has one output for photos and one for composed field scenes.
        The probability of a class is the sum of both. Without this, the head loses accuracy on
        laboratory photos if it also learns scenes.
        """
        return 2 if self.head_region == "leaf" else 1

    @property
    def first_method(self) -> Method:
        """The method of the first phase of a plan."""
        return Method.GRADIENT if self.head_start is HeadStart.RANDOM else Method.SOLVE

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a dictionary of JSON values."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Create a policy from the result of ``to_dict``.

        Raises:
            ConfigError: A field is unknown or has an invalid value.
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
        """Return the policy as JSON."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Create a policy from the result of ``to_json``."""
        return cls.from_dict(json.loads(text))

    def __repr__(self) -> str:
        # Only the fields that differ from their defaults.
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
    except TypeError:  # a value of another type
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
    (
        "head_region",
        lambda value: value in ("photo", "leaf"),
        'be "photo" or "leaf"',
    ),
    ("head_start", lambda value: isinstance(value, HeadStart), "be a HeadStart"),
    (
        "epochs",
        lambda value: value is None or _is_count(value, 1),
        "be a whole number of at least 1, or None",
    ),
    ("steps", lambda value: _is_count(value, 1), "be a whole number of at least 1"),
    ("learning_rate", lambda value: 0 < value <= 1, "be in (0, 1]"),
    ("head_rate", lambda value: value > 0, "be above 0"),
    ("initial_image_scale", lambda value: 0 < value <= 1, "be in (0, 1]"),
    ("stage_decay", lambda value: 0 < value <= 1, "be in (0, 1]"),
    ("warmup_epochs", lambda value: 0 <= value < 1e6, "be in [0, 1000000)"),
    (
        "batch_norm",
        lambda value: isinstance(value, BatchNormStatistics),
        "be a BatchNormStatistics",
    ),
    ("weight_decay", lambda value: 0 <= value <= 1, "be in [0, 1]"),
    ("dropout", lambda value: 0 <= value < 1, "be in [0, 1)"),
    ("label_smoothing", lambda value: 0 <= value < 1, "be in [0, 1)"),
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
