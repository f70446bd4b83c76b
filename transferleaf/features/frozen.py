"""The frozen part of a network, which runs once per photo. Its outputs are stored and reused.

There are two kinds of outputs: the features for the head, which are averages and covariances of
stages; and the feature map at the cut, after the last frozen stage, which is the input of the
trainable stages.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones.backbone import Backbone
from transferleaf.datasets.photos.reading import DecodeMeter
from transferleaf.errors import (
    BadPhotosError,
    ConfigError,
    FeatureStoreError,
    MissingFeaturesError,
    PhotoError,
)
from transferleaf.features.engines import Engine, open_engine
from transferleaf.features.engines.tensorflow_engine import TensorFlowEngine
from transferleaf.features.finite import finite
from transferleaf.features.identity import pixel_identity, stage_identities
from transferleaf.features.outputs import Output, StoredGroups, prefix_network
from transferleaf.features.photos import PhotoSource
from transferleaf.features.store import FeatureSpace, FeatureStore, StoredRows
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.process.forks import about_to_work
from transferleaf.text.progress import Reporter

# Number of photos that are decoded and passed to the engine at a time.
_BATCH = 32

# For fewer photos, compiling an engine takes more time than it saves.
WORTH_COMPILING = 300

# Number of attempts if another process removes files between our writing and reading.
_ATTEMPTS = 3

_HALF_MAX = float(np.finfo(np.float16).max)

_Result = TypeVar("_Result")
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenRows:
    """Stored outputs for the photos of one source, in order.

    Attributes:
        features: The feature groups of the head.
        maps: Feature maps at the cut, ``(n, height, width, channels)``; ``None`` without a cut.
    """

    features: StoredGroups
    maps: StoredRows | None


@dataclass(kw_only=True)
class FrozenPrefix:
    """Computes the outputs of frozen stages, once per photo and view.

    The weights of the requested stages must not change while it is used.

    Attributes:
        backbone: The network.
        store: The store of the outputs. It is replaced by a temporary one if it cannot be written.
        reporter: Shows progress.
        photos: Approximate total number of photos. It determines the engine, so it must not depend
            on what is already stored: after an interruption, the rest must come from the same
            engine.
        map_type: Type of stored feature maps and covariances. Half precision takes half the space;
            outputs with larger values are stored in full precision.
        threads: Number of cores for a compiled engine. Default: all.
    """

    backbone: Backbone
    store: FeatureStore
    reporter: Reporter
    photos: int
    map_type: str = "float16"
    threads: int | None = None
    _meter: DecodeMeter = field(default_factory=DecodeMeter)
    _engines: dict[tuple[Output, ...], Engine] = field(default_factory=dict)
    _spaces: dict[tuple[Output, str], FeatureSpace] = field(default_factory=dict)
    _temporary: str | None = None
    _finding_again: RLock = field(default_factory=RLock)

    def rows(
        self,
        source: PhotoSource,
        view: View,
        *,
        groups: Sequence[FeatureGroup],
        cut: int | None,
        label: str,
    ) -> FrozenRows:
        """Return the stored outputs for one view of all photos, and compute the missing ones.

        Args:
            source: The photos.
            view: The view.
            groups: The requested feature groups.
            cut: The stage whose feature map is requested too.
            label: Label of the progress bar.

        Raises:
            BadPhotosError: Photos cannot be read. The outputs of the others are stored.
            PhotoError: A file cannot even be opened.
            NotFiniteError: The network returns infinite values or NaN.
            FeatureStoreError: Even a temporary store cannot be written.
        """

        outputs = {group: Output.of(group) for group in groups}
        maps = [] if cut is None else [Output(cut, "map")]
        wanted = [*outputs.values(), *maps]

        def find() -> dict[Output, StoredRows]:
            keys = view.keys(source.keys(self.store))
            try:
                found = self._stored(wanted, keys)
            except MissingFeaturesError:
                self._choose_map_type(wanted, keys)
                self._fill(source, view, keys, wanted, label)
                found = self._stored(wanted, keys)
            for output, rows in found.items():
                rows.again = partial(self._again, find_all, output)
            return found

        def find_all() -> dict[Output, StoredRows]:
            return self._persistent(find)

        found = find_all()
        return FrozenRows(
            features=StoredGroups({group: found[output] for group, output in outputs.items()}),
            maps=found[maps[0]] if maps else None,
        )

    def unread(
        self, source: PhotoSource, view: View, *, groups: Sequence[FeatureGroup], cut: int | None
    ) -> list[int]:
        """Return the indices of the photos that ``rows`` would read now."""
        outputs = [Output.of(group) for group in groups]
        outputs += [] if cut is None else [Output(cut, "map")]

        def find() -> list[int]:
            keys = view.keys(source.keys(self.store))
            return sorted(set().union(*(self._space(output).missing(keys) for output in outputs)))

        return self._persistent(find)

    def pixels(self, source: PhotoSource, *, label: str) -> StoredRows:
        """Return the decoded photos, ``(n, image_size, image_size, 3)``, uint8; see ``rows``."""

        def find() -> dict[str, StoredRows]:
            space = self._decoded_space("pixels")
            keys = source.keys(self.store)
            if missing := space.missing(keys):
                self._decode(source, keys, missing, space, label)
            rows = space.rows(keys)
            rows.again = partial(self._again, find_all, "pixels")
            return {"pixels": rows}

        def find_all() -> dict[str, StoredRows]:
            return self._persistent(find)

        return find_all()["pixels"]

    def check(self, source: PhotoSource, *, label: str) -> None:
        """Decode all photos, and store only that they are readable; see ``rows``."""

        def find() -> None:
            space = self._decoded_space("readable")
            keys = source.keys(self.store)
            if missing := space.missing(keys):
                self._decode(source, keys, missing, space, label)

        self._persistent(find)

    def undecoded(self, source: PhotoSource, kind: Literal["pixels", "readable"]) -> list[int]:
        """Return the indices of the photos that ``pixels`` or ``check`` would decode now."""

        def find() -> list[int]:
            return self._decoded_space(kind).missing(source.keys(self.store))

        return self._persistent(find)

    def missing_bytes(self, source: PhotoSource, view: View, cut: int) -> int:
        """Return the size of the feature maps at ``cut`` that are not stored yet."""
        space = self._space(Output(cut, "map"))
        row = int(np.prod(space.shape)) * np.dtype(space.dtype).itemsize
        return len(space.missing(view.keys(source.keys(self.store)))) * row

    def features(
        self, images: Iterator[NDArray[Any]], groups: Sequence[FeatureGroup]
    ) -> Iterator[NDArray[np.float32]]:
        """Return the features of the head for photos, without storing them.

        Raises:
            ConfigError: There are no photos.
            NotFiniteError: The network returns infinite values or NaN.
        """
        first, batches = _peeked(images)
        engine = self._engine(tuple(Output.of(group) for group in groups), first)
        for parts in engine.run(batches):
            yield finite(np.concatenate(parts, axis=1), "features")

    def take_speeds(self) -> dict[str, float]:
        """Return the photos per second of decoding and of the engine since the last call."""
        meters = [engine.meter for engine in self._engines.values()]
        photos = sum(meter.photos for meter in meters)
        seconds = sum(meter.busy_seconds for meter in meters)
        found = {"decode": self._meter.photos_per_second} if self._meter.photos else {}
        if photos and seconds:
            found["prefix"] = photos / seconds
        self._meter = DecodeMeter()
        self._engines.clear()
        return found

    def _persistent(self, find: Callable[[], _Result]) -> _Result:
        """Find something in the store, or in a temporary one if the store cannot be used."""
        for _ in range(_ATTEMPTS):
            try:
                return find()
            except _BeyondHalfPrecisionError:
                self.map_type = "float32"
            except MissingFeaturesError:  # removed by another process
                continue
            except FeatureStoreError as error:
                if self._temporary is not None:
                    raise
                self._move(error.folder, f"cannot be written ({error.reason})")
        self._move(self.store.folder, "is cleared repeatedly")
        return find()

    def _again(self, find_all: Callable[[], dict[_Key, StoredRows]], key: _Key) -> StoredRows:
        """Compute rows again whose files were removed. Called by reading threads, one at a time."""
        with self._finding_again:
            if self._temporary is None:
                self._move(self.store.folder, "was emptied while it was read")
            return find_all()[key]

    def _move(self, folder: Path, why: str) -> None:
        """Continue in a temporary folder, because a failing cache must not stop the work."""
        self._temporary = tempfile.mkdtemp(prefix="transferleaf-")
        weakref.finalize(self, shutil.rmtree, self._temporary, ignore_errors=True)
        self.reporter.say(
            f"The cache {folder} {why}; results are kept for this run only. "
            "Set TRANSFERLEAF_CACHE to another folder."
        )
        self.store = FeatureStore(self._temporary)
        self._spaces.clear()

    def _stored(self, outputs: Sequence[Output], keys: list[bytes]) -> dict[Output, StoredRows]:
        return {output: self._space(output).rows(keys) for output in outputs}

    def _fill(
        self,
        source: PhotoSource,
        view: View,
        keys: list[bytes],
        outputs: Sequence[Output],
        label: str,
    ) -> None:
        found = {output: self._space(output).missing(keys) for output in outputs}
        missing = {output: set(rows) for output, rows in found.items() if rows}
        rows = sorted(set().union(*missing.values()))
        if not rows:
            return
        errors: dict[int, PhotoError] = {}
        pixels = source.read(
            rows,
            image_size=self.backbone.image_size,
            batch_size=_BATCH,
            meter=self._meter,
            errors=errors,
        )
        first, batches = _peeked(view.apply(pixels, [keys[row] for row in rows]))
        engine = self._engine(tuple(missing), first)
        with ExitStack() as stack, self.reporter.bar(label, len(rows)) as move:
            writers = {
                output: stack.enter_context(self._space(output).writer()) for output in missing
            }
            done = 0
            for results in engine.run(batches):
                part = rows[done : done + len(results[0])]
                for (output, lacking), values in zip(missing.items(), results, strict=True):
                    new = [
                        place
                        for place, row in enumerate(part)
                        if row in lacking and done + place not in errors
                    ]
                    chosen = finite(values if len(new) == len(part) else values[new], "features")
                    dtype = self._space(output).dtype
                    writers[output].add([keys[part[place]] for place in new], _cast(chosen, dtype))
                done += len(part)
                move(done)
        _refuse({keys[rows[position]]: error for position, error in errors.items()}, source, keys)

    def _decode(
        self,
        source: PhotoSource,
        keys: list[bytes],
        missing: list[int],
        space: FeatureSpace,
        label: str,
    ) -> None:
        errors: dict[int, PhotoError] = {}
        pixels = source.read(
            missing,
            image_size=self.backbone.image_size,
            batch_size=_BATCH,
            meter=self._meter,
            errors=errors,
        )
        done = 0
        with space.writer() as writer, self.reporter.bar(label, len(missing)) as move:
            for batch in pixels:
                good = [place for place in range(len(batch)) if done + place not in errors]
                # If the rows are not pixels, the first value represents the whole photo.
                rows = batch[good] if batch.shape[1:] == space.shape else batch[good, :1, 0, 0]
                writer.add([keys[missing[done + place]] for place in good], rows)
                done += len(batch)
                move(done)
        _refuse({keys[missing[at]]: error for at, error in errors.items()}, source, keys)

    def _decoded_space(self, kind: Literal["pixels", "readable"]) -> FeatureSpace:
        size = self.backbone.image_size
        of_size = {"image_size": size} if kind == "pixels" else {}
        identity = {"output": kind, **of_size, **pixel_identity()}
        shape = (size, size, 3) if kind == "pixels" else (1,)
        return self.store.space(identity, shape=shape, dtype="uint8")

    def _engine(self, outputs: tuple[Output, ...], sample: NDArray[Any]) -> Engine:
        about_to_work()
        if outputs not in self._engines:
            network = prefix_network(self.backbone, outputs)
            self._engines[outputs] = (
                open_engine(network, sample, tell=self.reporter.say, threads=self.threads)
                if self._worth_compiling
                else TensorFlowEngine(network)
            )
        return self._engines[outputs]

    @property
    def _worth_compiling(self) -> bool:
        return self.photos >= WORTH_COMPILING

    def _choose_map_type(self, outputs: Sequence[Output], keys: list[bytes]) -> None:
        """Use full precision for outputs that an earlier run had to store in full precision."""
        for output in outputs:
            if self._space(output).missing(keys) and not self._space(output, "float32").missing(
                keys
            ):
                self.map_type = "float32"

    def _space(self, output: Output, dtype: str | None = None) -> FeatureSpace:
        if dtype is None:
            few = output.kind in ("average", "tokens")
            dtype = "float32" if few else self.map_type
        if (output, dtype) not in self._spaces:
            identity = {
                **output.identity(self.backbone),
                **self._identities[output.last_stage(self.backbone)],
                # The engines agree up to rounding. The choice must not depend on what is stored.
                "engine": "compiled" if self._worth_compiling else "TensorFlow",
            }
            self._spaces[output, dtype] = self.store.space(
                identity, shape=output.shape(self.backbone), dtype=dtype
            )
        return self._spaces[output, dtype]

    @cached_property
    def _identities(self) -> tuple[dict[str, Any], ...]:
        return stage_identities(self.backbone)


def _refuse(bad: Mapping[bytes, PhotoError], source: PhotoSource, keys: Sequence[bytes]) -> None:
    """Raise an error for all unreadable photos, after the others are stored.

    Of photos with the same content only one was read, but the error lists all of them.
    """
    if bad:
        found = [source.error(row, bad[key].reason) for row, key in enumerate(keys) if key in bad]
        raise BadPhotosError(found, photos=len(source))


class _BeyondHalfPrecisionError(Exception):
    """An output has values that exceed half precision."""


def _cast(values: NDArray[np.float32], dtype: str) -> NDArray[Any]:
    if dtype == "float16" and np.abs(values).max(initial=0) > _HALF_MAX:
        raise _BeyondHalfPrecisionError
    return values.astype(dtype, copy=False)


def _peeked(batches: Iterator[NDArray[Any]]) -> tuple[NDArray[Any], Iterator[NDArray[Any]]]:
    """Return the first batch, and an iterator over all batches."""
    first = next(batches, None)
    if first is None:
        raise ConfigError("data", "no photos", "contain at least one photo")
    return first, itertools.chain([first], batches)
