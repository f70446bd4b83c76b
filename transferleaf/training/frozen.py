"""The frozen part of a network, run once per photo: its outputs are stored and read from there.

Two outputs are kept. The averaged output of every stage is what a head learns from, whichever
stages it looks at. The feature map at the cut, behind the last frozen stage, is what the trainable
rest of the network starts from.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.datasets.reading import DecodeMeter
from transferleaf.training.engines import Engine, open_engine
from transferleaf.training.engines.tensorflow_engine import TensorFlowEngine
from transferleaf.training.head.layers import pooled_features
from transferleaf.training.identity import pixel_identity, prefix_identity
from transferleaf.training.photos import PhotoSource
from transferleaf.training.reporting import Reporter
from transferleaf.training.store import FeatureSpace, FeatureStore, StoredRows
from transferleaf.training.views import View

# Photos that are decoded, and handed to the engine, at a time.
_BATCH = 32

# Below so many photos a compiled engine takes longer to make than it saves.
WORTH_COMPILING = 300

_HALF_MAX = float(np.finfo(np.float16).max)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenRows:
    """Stored outputs for the photos of one source, in its order.

    Attributes:
        averages: Averaged outputs of all stages side by side, ``(n, sum of widths)``, float32.
        maps: Feature maps at the cut, ``(n, height, width, channels)``; ``None`` without a cut.
    """

    averages: StoredRows
    maps: StoredRows | None


@dataclass(kw_only=True)
class FrozenPrefix:
    """Computes what is frozen, once per photo and view.

    Its weights must not change while it is used; a fit makes one before anything trains.

    Attributes:
        backbone: The network.
        store: Where outputs are kept.
        reporter: Shows progress.
        map_type: Number type of stored feature maps. Half precision takes half the room; maps
            that it cannot hold are stored in full.
    """

    backbone: Backbone
    store: FeatureStore
    reporter: Reporter
    map_type: str = "float16"
    meter: DecodeMeter = field(default_factory=DecodeMeter)
    _engines: dict[tuple[bool, int | None], Engine] = field(default_factory=dict)
    _spaces: dict[tuple[int, str, str], FeatureSpace] = field(default_factory=dict)

    def rows(self, source: PhotoSource, view: View, *, cut: int | None, label: str) -> FrozenRows:
        """Return the stored outputs for one view of all photos; what is missing is computed.

        Args:
            source: The photos.
            view: How to look at them.
            cut: The stage whose feature map is wanted too, by position.
            label: What the progress bar says.
        """
        keys = view.keys(source.keys(self.store))
        try:
            self._fill(source, view, keys, cut, label)
        except _BeyondHalfPrecisionError:
            self.map_type = "float32"
            self._fill(source, view, keys, cut, label)
        return FrozenRows(
            averages=self._averages().rows(keys),
            maps=None if cut is None else self._maps(cut).rows(keys),
        )

    def pixels(self, source: PhotoSource, *, label: str) -> StoredRows:
        """Return the decoded photos, ``(n, image_size, image_size, 3)``, uint8; see ``rows``."""
        size = self.backbone.image_size
        identity = {"output": "pixels", "image_size": size, **pixel_identity()}
        space = self.store.space(identity, shape=(size, size, 3), dtype="uint8")
        keys = source.keys(self.store)
        missing = space.missing(keys)
        if missing:
            done = 0
            with space.writer() as writer, self.reporter.bar(label, len(missing)) as move:
                for batch in source.read(
                    missing, image_size=size, batch_size=_BATCH, meter=self.meter
                ):
                    writer.add([keys[row] for row in missing[done : done + len(batch)]], batch)
                    done += len(batch)
                    move(done)
        return space.rows(keys)

    def nbytes(self, photos: int, cut: int) -> int:
        """Room that the feature maps of so many photos take, in bytes."""
        shape = self.backbone.model.outputs[cut].shape[1:]
        return photos * int(np.prod(shape)) * np.dtype(self.map_type).itemsize

    def average(
        self, images: Iterator[NDArray[Any]], *, photos: int
    ) -> Iterator[NDArray[np.float32]]:
        """Averaged outputs of all stages, for about so many photos that are not worth storing."""
        first, batches = _peeked(images)
        engine = self._engine(True, None, first, photos)
        for (pooled,) in engine.run(batches):
            yield pooled

    def take_speeds(self) -> dict[str, float]:
        """Photos a second that decoding and the engine managed since they were last asked."""
        engines = [engine.meter for engine in self._engines.values()]
        photos = sum(meter.photos for meter in engines)
        seconds = sum(meter.busy_seconds for meter in engines)
        found = {"decode": self.meter.photos_per_second} if self.meter.photos else {}
        if photos and seconds:
            found["prefix"] = photos / seconds
        self.meter = DecodeMeter()
        self._engines.clear()
        return found

    def _fill(
        self, source: PhotoSource, view: View, keys: list[bytes], cut: int | None, label: str
    ) -> None:
        averages, maps = self._averages(), None if cut is None else self._maps(cut)
        new_averages = averages.missing(keys)
        new_maps = maps.missing(keys) if maps is not None else []
        rows = sorted({*new_averages, *new_maps})
        if not rows:
            return
        spaces = [averages] if new_averages else []
        spaces += [maps] if maps is not None and new_maps else []
        pixels = source.read(
            rows, image_size=self.backbone.image_size, batch_size=_BATCH, meter=self.meter
        )
        own = [keys[row] for row in rows]
        first, batches = _peeked(view.apply(pixels, own))
        engine = self._engine(bool(new_averages), cut if new_maps else None, first, len(source))
        with ExitStack() as stack, self.reporter.bar(label, len(rows)) as move:
            writers = [stack.enter_context(space.writer()) for space in spaces]
            done = 0
            for outputs in engine.run(batches):
                part = own[done : done + len(outputs[0])]
                for space, writer, values in zip(spaces, writers, outputs, strict=True):
                    writer.add(part, _cast(values, space.dtype))
                done += len(part)
                move(done)

    def _engine(self, pooled: bool, cut: int | None, sample: NDArray[Any], photos: int) -> Engine:
        if (pooled, cut) not in self._engines:
            network = self._network(pooled, cut)
            # The number of all photos decides, not of those that are missing: after an interrupt
            # the rest has to come from the same engine.
            self._engines[pooled, cut] = (
                open_engine(network, sample, tell=self.reporter.say)
                if photos >= WORTH_COMPILING
                else TensorFlowEngine(network)
            )
        return self._engines[pooled, cut]

    def _network(self, pooled: bool, cut: int | None) -> keras.Model:
        """From pixels at the backbone's size to the outputs that are wanted."""
        model = self.backbone.model
        photos = keras.Input(model.input.shape[1:], name="photos")
        x = PixelNormalization(self.backbone.pixels)(photos)
        if not pooled:
            prefix = keras.Model(model.input, model.outputs[cut])
            return keras.Model(photos, [prefix(x)])
        maps = keras.tree.flatten(model(x))
        features = pooled_features(maps, self.backbone.stage_names)
        return keras.Model(photos, [features] if cut is None else [features, maps[cut]])

    def _averages(self) -> FeatureSpace:
        width = sum(int(output.shape[-1]) for output in self.backbone.model.outputs)
        return self._space(len(self.backbone.stages) - 1, "average", (width,), "float32")

    def _maps(self, cut: int) -> FeatureSpace:
        shape = tuple(int(side) for side in self.backbone.model.outputs[cut].shape[1:])
        return self._space(cut, "map", shape, self.map_type)

    def _space(self, last: int, output: str, shape: tuple[int, ...], dtype: str) -> FeatureSpace:
        if (last, output, dtype) not in self._spaces:
            identity = {"output": output, **prefix_identity(self.backbone, last)}
            self._spaces[last, output, dtype] = self.store.space(identity, shape=shape, dtype=dtype)
        return self._spaces[last, output, dtype]


def columns_of_stages(backbone: Backbone, stages: Sequence[int]) -> NDArray[np.int64]:
    """Which of the averages of all stages belong to ``stages``, in their order."""
    widths = [int(output.shape[-1]) for output in backbone.model.outputs]
    ends = np.cumsum(widths)
    parts = [np.arange(ends[stage] - widths[stage], ends[stage]) for stage in stages]
    return np.concatenate(parts) if parts else np.arange(0)


class _BeyondHalfPrecisionError(Exception):
    """A feature map holds values that half precision cannot."""


def _cast(values: NDArray[np.float32], dtype: str) -> NDArray[Any]:
    if dtype == "float16" and np.abs(values).max(initial=0) > _HALF_MAX:
        raise _BeyondHalfPrecisionError
    return values.astype(dtype, copy=False)


def _peeked(batches: Iterator[NDArray[Any]]) -> tuple[NDArray[Any], Iterator[NDArray[Any]]]:
    """The first of some batches, and all of them."""
    first = next(batches)
    return first, itertools.chain([first], batches)
