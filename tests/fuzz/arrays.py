"""Random images, labels and weights as arrays, valid and invalid ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.conftest import CLASSES

PHOTOS, SIZE = 12, 16
DOORS = ("fit", "validation_data", "evaluate", "predict", "calibrate")
FORMS = ("array", "array", "stream", "generator")
"""How the data is handed over: whole, twice as often as in batches."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to write the data.

    Attributes:
        make: Takes the plain data and random numbers in [0, 1).
        sound: Whether a classifier must accept it. Otherwise it must refuse it.
        batches: Whether it can be converted to a stream.
    """

    make: Callable[[Any, list[float]], Any]
    sound: bool = True
    batches: bool = True


def _typed(kind: str) -> Variant:
    return Variant(lambda data, _: np.asarray(data).astype(kind))


def _bad(make: Callable[[Any], Any], *, batches: bool = False) -> Variant:
    return Variant(lambda data, _: make(data), sound=False, batches=batches)


def _with(value: float, *, sound: bool = False) -> Variant:
    """Change one value at a random position."""

    def make(data: Any, drawn: list[float]) -> Any:
        data = np.array(data, np.float64 if abs(value) > 1e38 else np.float32)
        data.flat[int(drawn[0] * data.size)] = value
        return data

    return Variant(make, sound=sound)


def _tensor(data: Any, _: object) -> Any:
    import tensorflow as tf

    return tf.convert_to_tensor(data)


def _cropped(data: Any, drawn: list[float]) -> Any:
    height, width = (1 + int(share * (SIZE - 1)) for share in drawn)
    return data[:, :height, :width]


def _ragged(data: Any) -> Any:
    return [data[0], data[1][:5], *data[2:]]


_NO_ARRAYS = {
    "none": None,
    "a number": 3,
    "text": "leaf.jpg",
    "bytes": b"\xff\xd8",
    "a set": {1, 2},
    "a dict": {"photos": 1},
    "an object": object(),
    "a function": len,
    "an empty list": [],
    "paths": ["a.jpg", "b.jpg"],
    "ragged": [[1], [1, 2]],
    "nested": [[[]]],
}
_NOTHING = {name: _bad(lambda _, value=value: value) for name, value in _NO_ARRAYS.items()}

IMAGES: Mapping[str, Variant] = {
    **{kind: _typed(kind) for kind in ("u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8")},
    **{kind: _typed(kind) for kind in ("f2", "f4", "f8", ">f4", ">i2")},
    "tensor": Variant(_tensor),
    "list": Variant(lambda x, _: list(x), batches=False),
    "nested lists": Variant(lambda x, _: x.tolist(), batches=False),
    "tuple": Variant(lambda x, _: tuple(x), batches=False),
    "objects": Variant(lambda x, _: _objects(x), batches=False),
    "fortran": Variant(lambda x, _: np.asfortranarray(x)),
    "reversed": Variant(lambda x, _: x[:, ::-1, ::-1]),
    "read-only": Variant(lambda x, _: np.broadcast_to(x[:1], x.shape)),
    "black": Variant(lambda x, _: x * 0),
    "white": Variant(lambda x, _: x * 0 + 255),
    "from 0 to 1": Variant(lambda x, _: (x / 255).astype("f4")),
    "another size": Variant(
        lambda x, drawn: x[:, : 1 + int(drawn[0] * 15), : 1 + int(drawn[1] * 15)]
    ),
    "a little below": _with(-0.4, sound=True),
    "a little above": _with(255.4, sound=True),
    **{f"with {value}": _with(value) for value in (np.nan, np.inf, -np.inf, -1, 256, 65535, 1e300)},
    "from -1 to 1": _bad(lambda x: x / 127.5 - 1, batches=True),
    "normalised": _bad(lambda x: (x / 255 - 0.45) / 0.22, batches=True),
    "centred": _bad(lambda x: x - 110.0, batches=True),
    "16 bits": _bad(lambda x: x.astype("u2") * 257, batches=True),
    "no batch": _bad(lambda x: x[0]),
    "five axes": _bad(lambda x: x[None, None]),
    "grey": _bad(lambda x: x[..., :1], batches=True),
    "no channels": _bad(lambda x: x[..., 0]),
    "alpha": _bad(lambda x: np.concatenate([x, x[..., :1]], axis=-1), batches=True),
    "channels first": _bad(lambda x: x.transpose(0, 3, 1, 2), batches=True),
    "no photos": _bad(lambda x: x[:0]),
    "no rows": _bad(lambda x: x[:, :0]),
    "sizes": _bad(_ragged),
    "texts": _bad(lambda x: x.astype("U3")),
    "complex": _bad(lambda x: x.astype("c8")),
    "flags": _bad(lambda x: x > 100),
    "dates": _bad(lambda x: x.astype("M8[s]")),
    "records": _bad(lambda x: np.zeros(len(x), [("a", "u1")])),
    "holes": _bad(lambda x: [None, *x[1:]]),
    **_NOTHING,
}
"""Ways to write images, ``(n, height, width, 3)``, RGB in [0, 255]."""

LABELS: Mapping[str, Variant] = {
    **{kind: _typed(kind) for kind in ("u1", "i1", "i4", "i8", "f4", "f8", ">i4")},
    "tensor": Variant(_tensor),
    "list": Variant(lambda y, _: y.tolist(), batches=False),
    "column": Variant(lambda y, _: y[:, None]),
    "one-hot": Variant(lambda y, _: np.eye(len(CLASSES))[y]),
    "shares": Variant(lambda y, _: np.eye(len(CLASSES), dtype="f4")[y] * 0.7 + 0.1),
    **{f"with {value}": _with(value) for value in (np.nan, np.inf, -1, 0.5, len(CLASSES), 1e300)},
    "multi-hot": _bad(lambda y: np.ones((len(y), len(CLASSES))), batches=True),
    "no share": _bad(lambda y: np.zeros((len(y), len(CLASSES))), batches=True),
    "NaN shares": _bad(lambda y: np.full((len(y), len(CLASSES)), np.nan), batches=True),
    "negative shares": _bad(lambda y: np.tile([1.5, -0.5, 0.0], (len(y), 1)), batches=True),
    "infinite shares": _bad(lambda y: np.tile([np.inf, 0.0, 0.0], (len(y), 1)), batches=True),
    "too many columns": _bad(lambda y: np.eye(5)[y], batches=True),
    "too few": _bad(lambda y: y[:-1]),
    "none at all": _bad(lambda y: y[:0]),
    "three axes": _bad(lambda y: y[:, None, None]),
    "names": _bad(lambda y: [CLASSES[label] for label in y]),
    "names in columns": _bad(lambda y: np.eye(len(CLASSES))[y].astype("U4")),
    "complex": _bad(lambda y: np.eye(len(CLASSES))[y].astype("c8")),
    "dates": _bad(lambda y: np.ones((len(y), len(CLASSES)), "M8[s]")),
    "records": _bad(lambda y: np.zeros(len(y), [("a", "u1")])),
    "objects": _bad(lambda y: np.array([None] * len(y))),
    "object columns": _bad(lambda y: np.array([[None] * len(CLASSES)] * len(y))),
    **{name: variant for name, variant in _NOTHING.items() if name != "none"},
}
"""Ways to write class indices, ``(n,)``, or shares of classes."""

WEIGHTS: Mapping[str, Variant] = {
    "absent": Variant(lambda w, _: None),
    **{kind: _typed(kind) for kind in ("u1", "i8", "f4", "f8")},
    "list": Variant(lambda w, _: w.tolist(), batches=False),
    "tensor": Variant(_tensor),
    "one that counts": Variant(lambda w, _: np.eye(1, len(w))[0]),
    "large": Variant(lambda w, _: w * 1e6),
    "small": Variant(lambda w, _: w * 1e-6),
    **{f"with {value}": _with(value) for value in (np.nan, np.inf, -1, 1e300)},
    "none that counts": _bad(lambda w: w * 0),
    "too few": _bad(lambda w: w[:-1]),
    "two axes": _bad(lambda w: w[:, None]),
    "names": _bad(lambda w: ["much"] * len(w)),
    "complex": _bad(lambda w: w.astype("c8")),
    **{name: variant for name, variant in _NOTHING.items() if name != "none"},
}
"""Ways to write how much each photo counts, ``(n,)``."""

CLASS_WEIGHTS: Mapping[str, Variant] = {
    "absent": Variant(lambda _, __: None),
    "balanced": Variant(lambda _, __: "balanced"),
    "of one class": Variant(lambda _, __: {1: 2.5}),
    "list": Variant(lambda _, __: [1, 2, 3]),
    "array": Variant(lambda _, __: np.array([1, 2, 3], "f4")),
    "one class counts": Variant(lambda _, __: {0: 0, 1: 0}),
    "none counts": _bad(lambda _: {0: 0, 1: 0, 2: 0}),
    **{f"with {value}": _bad(lambda _, v=value: {0: v}) for value in (np.nan, np.inf, -1, 1e300)},
    "another class": _bad(lambda _: {3: 1.0}),
    "names": _bad(lambda _: {CLASSES[0]: 1.0}),
    "texts": _bad(lambda _: {0: "much"}),
    **{name: variant for name, variant in _NOTHING.items() if name != "none"},
}
"""What ``class_weight`` may be."""

_PLAIN = {"images": "u1", "labels": "i8", "weights": "absent", "class_weight": "absent"}
_KINDS = {"images": IMAGES, "labels": LABELS, "weights": WEIGHTS, "class_weight": CLASS_WEIGHTS}


def drawn_arrays(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    """Return a random method and data for it, as JSON, with one or two parts changed."""
    drawn: dict[str, Any] = {
        "door": DOORS[rng.integers(len(DOORS))],
        "form": FORMS[rng.integers(len(FORMS))],
        "numbers": rng.random(2).tolist(),
        **_PLAIN,
    }
    for kind in rng.choice(list(_KINDS), size=rng.integers(1, 3), p=(0.5, 0.25, 0.15, 0.1)):
        names = list(_KINDS[str(kind)])
        drawn[str(kind)] = names[rng.integers(len(names))]
    return json.dumps(drawn).encode()


def plain_data() -> dict[str, Any]:
    """Return images of three classes with different colours, their labels, and weights of 1."""
    rng = np.random.default_rng(0)
    labels = np.arange(PHOTOS) % len(CLASSES)
    images = rng.integers(0, 20, (PHOTOS, SIZE, SIZE, 3))
    images[np.arange(PHOTOS), :, :, labels] += 100
    return {
        "images": images.astype("u1"),
        "labels": labels,
        "weights": np.ones(PHOTOS, "f4"),
        "class_weight": None,
    }


def variants(drawn: dict[str, Any]) -> dict[str, Variant]:
    """Return the variant of each part of the data."""
    return {kind: known[drawn[kind]] for kind, known in _KINDS.items()}


def _objects(images: Any) -> Any:
    found = np.empty(len(images), object)
    found[:] = list(images)
    return found
