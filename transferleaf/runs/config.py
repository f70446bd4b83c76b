"""The configuration of a training run, which is stored in a TOML file."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from transferleaf.errors import ConfigError, RunConfigError
from transferleaf.freezing import FreezePolicy
from transferleaf.freezing.policy import POLICY_NAMES
from transferleaf.runs.toml_text import read_toml, toml_text

DEFAULT_BACKBONE = "resnet50"
AUGMENTATIONS = ("none", "leaf", "field")
RANDOM_WEIGHTS = "none"  # TOML has no None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """The configuration of a training run.

    Attributes:
        data: The photos: a folder in any layout, or a file that lists them.
        backbone: Name of a registered backbone.
        weights: ``"imagenet"``, the path of a weights file, or ``"none"`` for random weights.
        freeze: ``"auto"``, a quadrant such as ``"IV"``, or ``"head"`` to train only the head.
        epochs: Gradient epochs after the solved head. Default: those of the policy.
        time_limit: Maximum number of seconds of training. Default: no limit.
        batch_size: Number of photos per batch. Default: 32.
        learning_rate: Peak learning rate of gradient epochs, in (0, 1]. Default: that of the
            policy.
        image_size: Height and width of the backbone's input, in pixels. Default: that of the
            backbone, or a smaller one if a time limit leaves no time for all photos.
        seed: Random seed of the split and of training.
        augment: How to augment training photos: ``"leaf"`` and ``"field"`` are the methods of
            ``Augmentation``, ``"none"`` does nothing. ``True`` is ``"leaf"``, ``False`` is
            ``"none"``, as in the files of version 0.1.
        backgrounds: Folder of photos that ``augment="field"`` lays leaves on. Default: drawn ones.
        head_region: What the head pools over, ``"photo"`` or ``"leaf"``; see ``FreezePolicy``.
            ``"leaf"`` needs ``freeze="IV"`` or ``"head"``.
        views: Number of stored augmented views per photo. Default: that of the policy.
        unlabeled: Folder of photos without labels to adapt the head to; see
            ``TransferClassifier.adapt``. It needs ``freeze="IV"`` or ``"head"``.
        precision: Share of correct predictions among those that are "sure", in (0, 1).
        val: Share of the photos for validation, in (0, 1).
        test: Share of the photos for the test, in (0, 1).
        leaves: Source of the leaf ids; see ``open_leaves``.
        layout: Layout of the photos. Default: recognise it.
        skip_bad_photos: Whether to leave out unreadable photos instead of raising an error.
        report: Whether to write the report and the model card.
        name: Name of the run. Default: data and backbone.
        output: Folder of the run folders.

    Raises:
        ConfigError: A field has an invalid value.
    """

    data: str
    backbone: str = DEFAULT_BACKBONE
    weights: str = "imagenet"
    freeze: str = "auto"
    epochs: int | None = None
    time_limit: float | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    image_size: int | None = None
    seed: int = 0
    augment: str | bool = "none"
    backgrounds: str | None = None
    head_region: str = "photo"
    views: int | None = None
    unlabeled: str | None = None
    precision: float = 0.95
    val: float = 0.2
    test: float = 0.2
    leaves: str = "auto"
    layout: str | None = None
    skip_bad_photos: bool = False
    report: bool = True
    name: str | None = None
    output: str = "runs"

    def __post_init__(self) -> None:
        if isinstance(self.augment, bool):
            object.__setattr__(self, "augment", "leaf" if self.augment else "none")
        for field, holds, must in _RULES:
            if not holds(getattr(self, field)):
                raise ConfigError(field, getattr(self, field), must)
        if self.val + self.test >= 1:
            raise ConfigError(
                "val + test", self.val + self.test, "be below 1, to leave photos for training"
            )
        if self.learning_rate is not None and self.freeze in ("head", "IV"):
            must = f"be absent with freeze = {self.freeze!r}, which has no gradient epochs"
            raise ConfigError("learning_rate", self.learning_rate, must)
        if self.backgrounds is not None and self.augment != "field":
            must = 'be absent without augment = "field"'
            raise ConfigError("backgrounds", self.backgrounds, must)
        if self.views is not None and self.augment == "none":
            raise ConfigError("views", self.views, "be absent without augment")
        if self.head_region != "photo" and self.freeze not in ("head", "IV"):
            must = 'be "photo" without freeze = "IV" or "head": the leaf map needs a frozen base'
            raise ConfigError("head_region", self.head_region, must)
        if self.unlabeled is not None and self.freeze not in ("head", "IV"):
            must = 'be absent without freeze = "IV" or "head": only the head is adapted'
            raise ConfigError("unlabeled", self.unlabeled, must)

    @property
    def policy(self) -> FreezePolicy:
        """The policy for ``freeze``, ``learning_rate``, ``views`` and ``head_region``.

        >>> RunConfig(data="leaves", freeze="head").policy
        FreezePolicy(trainable_stages=0)
        """
        asked: dict[str, Any] = {"views": self.views, "learning_rate": self.learning_rate}
        if self.head_region != "photo":
            asked["head_region"] = self.head_region
        changes = {name: value for name, value in asked.items() if value is not None}
        return FreezePolicy.named(self.freeze, **changes)

    def to_toml(self) -> str:
        """Return the configuration as TOML, for ``load``."""
        return toml_text({key: value for key, value in asdict(self).items() if value is not None})

    @classmethod
    def load(cls, path: Path) -> RunConfig:
        """Read a TOML file whose keys are the attributes. Keys with a default are optional.

        Raises:
            RunConfigError: The file cannot be read, or has other keys.
            ConfigError: A field has an invalid value.
        """
        values = read_toml(path)
        known = [field.name for field in fields(cls)]
        for key in values:
            if key not in known:
                raise RunConfigError(path, f"has the unknown key {key!r}{_hint(key, known)}")
        if "data" not in values:
            raise RunConfigError(path, "does not say which photos to train on (data = ...)")
        return cls(**values)


def _hint(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else f" (there are {', '.join(known)})"


def _is_text(value: Any) -> bool:
    # File names may be invalid Unicode, which TOML does not support.
    return isinstance(value, str) and bool(value) and _is_unicode(value)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_count(least: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and value >= least


def _or_none(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or holds(value)


def _is_rate(value: Any) -> bool:
    return isinstance(value, float) and 0 < value <= 1


def _is_time(value: Any) -> bool:
    return type(value) in (int, float) and value > 0


_TEXT = "be a non-empty text"
_SHARE = (lambda value: isinstance(value, float) and 0 < value < 1, "be in (0, 1)")
_SWITCH = (lambda value: isinstance(value, bool), "be true or false")

_RULES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("data", _is_text, _TEXT),
    ("backbone", _is_text, _TEXT),
    ("weights", _is_text, _TEXT),
    ("freeze", lambda value: value in POLICY_NAMES, f"be one of {', '.join(POLICY_NAMES)}"),
    ("epochs", _or_none(_is_count(1)), "be a whole number of at least 1"),
    ("time_limit", _or_none(_is_time), "be a number of seconds above 0"),
    ("batch_size", _or_none(_is_count(1)), "be a whole number of at least 1"),
    ("learning_rate", _or_none(_is_rate), "be a number in (0, 1]"),
    ("image_size", _or_none(_is_count(1)), "be a whole number of pixels"),
    ("seed", _is_count(0), "be a whole number of at least 0"),
    ("augment", lambda value: value in AUGMENTATIONS, f"be one of {', '.join(AUGMENTATIONS)}"),
    ("backgrounds", _or_none(_is_text), _TEXT),
    ("head_region", lambda value: value in ("photo", "leaf"), 'be "photo" or "leaf"'),
    ("views", _or_none(_is_count(0)), "be a whole number of at least 0"),
    ("unlabeled", _or_none(_is_text), _TEXT),
    ("precision", *_SHARE),
    ("val", *_SHARE),
    ("test", *_SHARE),
    ("leaves", _is_text, _TEXT),
    ("layout", _or_none(_is_text), _TEXT),
    ("skip_bad_photos", *_SWITCH),
    ("report", *_SWITCH),
    ("name", _or_none(_is_text), _TEXT),
    ("output", _is_text, _TEXT),
)
