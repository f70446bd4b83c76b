"""The fit of the leaf map, on field scenes that are composed from the training photos.

In a scene, the position of the leaf is known. At each position of such scenes, and of the photos in
which a leaf on a plain background is found, a logistic regression learns from the outputs of frozen
stages whether the leaf is there. Like the head, it is solved to convergence.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Any, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.augmenting.backgrounds import read_backgrounds
from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.datasets.photos.reading import DecodeMeter, default_workers
from transferleaf.errors import ConfigError, FeatureStoreError, Found, MissingFeaturesError
from transferleaf.features.engines import open_engine
from transferleaf.features.identity import stage_identities
from transferleaf.features.leaf_map import LeafMap, position_features, resampling
from transferleaf.features.photos import PhotoSource
from transferleaf.features.store import FeatureSpace, FeatureStore
from transferleaf.freezing.feature_groups import leaf_map_stages
from transferleaf.head.solver import HeadProblem, LinearHead, solve_head
from transferleaf.head.space import Floats
from transferleaf.scenes.composing import compose_with_leaf
from transferleaf.scenes.field_scenes import FieldScenes
from transferleaf.scenes.leaf_mask import find_leaf
from transferleaf.text.progress import Reporter

# A compromise: more scenes or positions take longer and hardly improve the overlap.
_PHOTOS = 600
_SCENES = 1_500
_MOST_SCENES = 8  # of each photo
_POSITIONS = 64  # of each picture
_L2 = 1e-2

# Part of the identity of stored leaf maps.
_SCHEME = 1

# Minimum number of photos with a leaf on a plain background.
_FEWEST = 10

_HELD_OUT = 10  # every tenth photo is held out to measure the map
_BATCH = 32


_Batch: TypeAlias = tuple[Floats, Floats, NDArray[np.int64]]
"""Pictures, the covered shares of their grids, and the indices of their photos."""


@dataclass(frozen=True, slots=True)
class _Examples:
    """Positions of pictures.

    Attributes:
        features: Shape ``(n, n_features)``.
        covered: Share of each position that the leaf covers, shape ``(n,)``.
        photos: Index of the photo of each position, shape ``(n,)``.
    """

    features: Floats
    covered: Floats
    photos: NDArray[np.int64]


@dataclass(kw_only=True)
class LeafMapFit:
    """Fits the leaf map of a backbone, or finds it in the store.

    Attributes:
        backbone: The backbone, with a leaf map.
        source: The training photos.
        scenes: How scenes vary.
        store: The store, which remembers fitted maps.
        reporter: Shows progress.
        seconds: Time for composing scenes. When it is over, the map is fitted on those that exist.
    """

    backbone: Backbone
    source: PhotoSource
    scenes: FieldScenes
    store: FeatureStore
    reporter: Reporter
    seconds: float = float("inf")
    _plain: set[int] = field(default_factory=set)
    _complete: bool = True

    def run(self) -> None:
        """Set the weights of the leaf map.

        Raises:
            ConfigError: Too few photos show a leaf on a plain background.
            FolderLayoutError, BadPhotosError: The background photos cannot be read.
        """
        leaf_map: LeafMap = self.backbone.leaf_map
        space, key = self._space, self._key
        with suppress(MissingFeaturesError, FeatureStoreError):
            *values, overlap = space.rows([key]).read()[0]
            leaf_map.set_values(np.asarray(values, np.float32))
            self._tell(overlap)
            return
        values, overlap = self._fitted()
        leaf_map.set_values(values)
        if self._complete:
            with suppress(FeatureStoreError), space.writer() as writer:
                writer.add([key], np.append(values, np.float32(overlap))[np.newaxis])
        self._tell(overlap)

    def _fitted(self) -> tuple[Floats, float]:
        """Return the weights of the map, and its overlap with the leaf in held-out photos."""
        examples = self._examples()
        if len(self._plain) < _FEWEST:
            found = f"{len(self._plain)} leaves on a plain background in {len(self._rows)} photos"
            must = (
                f'be "photo", or train on at least {_FEWEST} photos of single leaves on a plain '
                "background"
            )
            raise ConfigError("head_region", Found(f'"leaf", with {found}'), must)
        _, order = np.unique(examples.photos, return_inverse=True)
        held_out = order % _HELD_OUT == 1  # of at least ten photos, so never none
        with self.reporter.bar("solving the leaf map", None):
            head = solve_head(
                _problem(examples, ~held_out), _problem(examples, held_out), strengths=(_L2,)
            )
        return self._weights(head), _overlap(head, examples, held_out)

    def _weights(self, head: LinearHead) -> Floats:
        """Return the weights of the map for a solved head with the outputs leaf and other."""
        kernel = (head.kernel[:, 0] - head.kernel[:, 1]) / head.scaling.scale
        bias = head.bias[0] - head.bias[1] - head.scaling.mean @ kernel
        channels = len(kernel) - self._positions.shape[-1]
        offset = self._positions @ kernel[channels:] + bias
        return np.concatenate([kernel[:channels], offset.ravel()]).astype(np.float32)

    def _examples(self) -> _Examples:
        """Compose scenes, and return the features of random positions."""
        features, covered, photos = [], [], []
        rng = np.random.default_rng(0)
        rows, columns, described = self._positions.shape
        where = self._positions.reshape(rows * columns, described)
        few = min(_POSITIONS, rows * columns)
        known: deque[tuple[Floats, NDArray[np.int64]]] = deque()

        def pictures(move: Callable[[int], None]) -> Iterator[Floats]:
            for batch, shares, numbers in self._pictures(move):
                known.append((shares, numbers))
                yield batch

        with self.reporter.bar("scenes for the leaf map", len(self._rows)) as move:
            batches = pictures(move)
            first = next(batches, None)
            for (grids,) in self._run(first, batches):
                shares, numbers = known.popleft()
                order = np.tile(np.arange(rows * columns), (len(grids), 1))
                chosen = rng.permuted(order, axis=1)[:, :few]
                flat = grids.reshape(len(grids), rows * columns, -1)
                here = np.take_along_axis(flat, chosen[..., np.newaxis], axis=1)
                both = np.concatenate([here, where[chosen]], axis=2)
                features.append(both.reshape(-1, both.shape[2]))
                covered.append(np.take_along_axis(shares, chosen, axis=1).ravel())
                photos.append(np.repeat(numbers, few))
        if not photos:
            return _Examples(np.empty((0, 0), "f4"), np.empty(0, "f4"), np.empty(0, np.int64))
        return _Examples(*(np.concatenate(each) for each in (features, covered, photos)))

    def _run(self, first: Floats | None, batches: Iterator[Floats]) -> Iterator[Any]:
        if first is None:
            return iter(())
        engine = open_engine(self._grid_network, first, tell=self.reporter.say)
        return engine.run(itertools.chain([first], batches))

    def _pictures(
        self, move: Callable[[int], None]
    ) -> Iterator[tuple[Floats, Floats, NDArray[np.int64]]]:
        """Yield the photos in which a leaf is found, and scenes of all photos."""
        size = self.backbone.image_size
        errors: dict[int, Any] = {}
        batches = self.source.read(
            self._rows, image_size=size, batch_size=_BATCH, meter=DecodeMeter(), errors=errors
        )
        each = int(np.clip(ceil(_SCENES / len(self._rows)), 1, _MOST_SCENES))
        backgrounds = read_backgrounds(self.scenes.backgrounds).pixels

        def made(task: tuple[int, NDArray[Any], int]) -> tuple[Floats, Floats | None, int]:
            number, photo, scene = task
            pixels = np.clip(np.round(photo), 0, 255).astype(np.uint8)
            if scene == 0:
                leaf = find_leaf(pixels)
                covered = None if leaf is None else leaf.astype(np.float32)
                return photo.astype(np.float32), covered, number
            rng = np.random.default_rng([number, scene])
            return *compose_with_leaf(pixels, self.scenes, rng, backgrounds), number

        done, ends = 0, time.monotonic() + self.seconds
        with ThreadPoolExecutor(default_workers(), thread_name_prefix="transferleaf-map") as pool:
            for batch in batches:
                if len(self._plain) >= _FEWEST and time.monotonic() > ends:
                    self._complete = False
                    return
                for scene in range(each + 1):
                    tasks = [(done + at, photo, scene) for at, photo in enumerate(batch)]
                    known = [
                        (picture, self._on_grid(leaf), number)
                        for picture, leaf, number in pool.map(made, tasks)
                        if leaf is not None and number not in errors
                    ]
                    if known:
                        pictures, shares, numbers = zip(*known, strict=True)
                        if scene == 0:
                            self._plain.update(numbers)
                        yield np.stack(pictures), np.stack(shares), np.array(numbers)
                done += len(batch)
                move(done)

    def _on_grid(self, leaf: Floats) -> Floats:
        """Return the covered share of each position of the grid, shape ``(rows * columns,)``."""
        rows, columns, _ = self._positions.shape
        down, across = resampling(leaf.shape[0], rows), resampling(leaf.shape[1], columns)
        return (down @ leaf @ across.T).ravel()

    @cached_property
    def _rows(self) -> Sequence[int]:
        """Random photos, always the same."""
        order = np.random.default_rng(0).permutation(len(self.source))
        chosen: list[int] = order[:_PHOTOS].tolist()
        return chosen

    @cached_property
    def _grid_network(self) -> keras.Model:
        """The network from pixels to the outputs of the stages, resized to the grid."""
        model = self.backbone.model
        stages = leaf_map_stages(self.backbone.describe())
        maps = keras.Model(model.input, [model.outputs[stage] for stage in stages])
        photos = keras.Input(model.input.shape[1:], name="photos")
        found = keras.tree.flatten(maps(PixelNormalization(self.backbone.pixels)(photos)))
        rows, columns = found[0].shape[1:3]
        resize = keras.layers.Resizing(rows, columns, dtype="float32")
        return keras.Model(
            photos, keras.layers.Concatenate(dtype="float32")([resize(each) for each in found])
        )

    @cached_property
    def _positions(self) -> Floats:
        rows, columns = self._grid_network.output.shape[1:3]
        return position_features(int(rows), int(columns))

    @cached_property
    def _space(self) -> FeatureSpace:
        last = leaf_map_stages(self.backbone.describe())[-1]
        identity = {
            "output": "leaf map",
            "scheme": _SCHEME,
            "scenes": {**self.scenes.to_dict(), "backgrounds": self._background_digest},
            **stage_identities(self.backbone)[last],
        }
        size = len(self.backbone.leaf_map.values())
        return self.store.space(identity, shape=(size + 1,), dtype="float32")

    @property
    def _background_digest(self) -> str:
        return read_backgrounds(self.scenes.backgrounds).digest

    @property
    def _key(self) -> bytes:
        """A digest of the photos, in order."""
        return hashlib.sha256(b"".join(self.source.keys(self.store))).digest()

    def _tell(self, overlap: float) -> None:
        self.reporter.say(
            "Leaf map: intersection over union with the leaf "
            f"{overlap:.2f} in scenes of held-out photos."
        )


def _problem(examples: _Examples, chosen: NDArray[np.bool_]) -> HeadProblem:
    covered = examples.covered[chosen]
    return HeadProblem(
        features=examples.features[chosen],
        targets=np.stack([covered, 1 - covered], axis=1),
        weights=np.ones(len(covered), np.float32),
    )


def _overlap(head: LinearHead, examples: _Examples, chosen: NDArray[np.bool_]) -> float:
    """Return the intersection over union of the map and the leaf, over all chosen positions."""
    found = head.probabilities(examples.features[chosen])[:, 0] > 0.5
    leaf = examples.covered[chosen] > 0.5
    return float((found & leaf).sum() / max((found | leaf).sum(), 1))
