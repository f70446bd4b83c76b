"""Fill the feature store for large data sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photos.decoding import check_photo
from transferleaf.datasets.photos.file_content import stamp_of
from transferleaf.errors import BadPhotosError, ConfigError, PhotoError
from transferleaf.scaling.fetching import FetchedPhotos, fetched
from transferleaf.scaling.parts import PHOTOS_PER_PART, Part, cut
from transferleaf.scaling.photo_locations import find_photos, in_memory
from transferleaf.scaling.running import run
from transferleaf.scaling.workers import Workers

if TYPE_CHECKING:
    import keras

    from transferleaf.backbones.backbone import Backbone
    from transferleaf.backbones.spec import BackboneSpec
    from transferleaf.features.frozen import FrozenPrefix


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFill:
    """The result of ``fill_store``.

    Attributes:
        photos: Number of photos.
        bad: Names of the unreadable photos with the reasons, in the order of the names.
    """

    photos: int
    bad: tuple[tuple[str, str], ...]


def fill_store(
    photos: LeafDataset | str | PathLike[str] | Iterable[str | PathLike[str]],
    *,
    backbone: str | BackboneSpec | keras.Model | Backbone = "resnet50",
    weights: str | PathLike[str] | None = "imagenet",
    image_size: int | None = None,
    cache: str | PathLike[str] | None = None,
    on: str | None = None,
    workers: Workers = Workers(),  # noqa: B008 - frozen
    photos_per_part: int = PHOTOS_PER_PART,
) -> StoreFill:
    """Compute the features of all stages, and store them in the feature store.

    Stored features are not computed again, so after an interruption the same call continues.
    ``fit``, ``feature_evidence`` and the audit then use the stored features.

    Args:
        photos: A leaf data set, or paths and patterns; see ``find_photos``.
        backbone: The network; see ``TransferClassifier``.
        weights: Its weights; see ``TransferClassifier``.
        image_size: Height and width of its input, in pixels. Default: that of the network.
        cache: Folder of the store, which must have the same path on all machines. Default: the
            user's cache folder.
        on: ``None`` for this machine, ``"ray"``, or the address of a Ray cluster.
        workers: The resources of each Ray worker.
        photos_per_part: Number of photos per task.

    Returns:
        The number of photos, and the unreadable ones.

    Raises:
        ConfigError: An argument is invalid, or the limit of the store is too small.
        PretrainedWeightsError: The weights are not available.
        FeatureStoreError: A worker cannot write to the store.
        MissingExtraError: Ray or fsspec is not installed.
        BulkRunError: Ray failed.
    """
    from transferleaf.features.store import FeatureStore
    from transferleaf.training.assembly import resolve_backbone
    from transferleaf.training.checks import check_backend, check_folder

    check_backend()
    check_folder("cache", cache)
    locations = find_photos(photos)
    built = resolve_backbone(backbone, weights=weights, stages=None, image_size=image_size)
    store = FeatureStore(cache)
    _check_room(store.limit, built, len(locations))
    task = _FillTask(
        backbone=built,
        cache=str(store.folder.absolute()),
        limit=store.limit,
        photos=len(locations),
    )
    parts = list(cut(locations if on is None else in_memory(locations), photos_per_part))
    bad = [each for _, found in run(task, parts, on=on, workers=workers) for each in found]
    return StoreFill(photos=len(locations), bad=tuple(sorted(bad)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _FillTask:
    """Fills the store in ``cache`` with the features of ``backbone``."""

    backbone: Backbone
    cache: str
    limit: int
    photos: int
    on_tensorflow: ClassVar[bool] = True

    def open(self, threads: int | None) -> Callable[[Part], list[tuple[str, str]]]:
        from transferleaf.features.frozen import FrozenPrefix
        from transferleaf.features.store import FeatureStore
        from transferleaf.text.progress import Reporter

        prefix = FrozenPrefix(
            backbone=self.backbone,
            store=FeatureStore(self.cache, limit=self.limit),
            reporter=Reporter(2),  # lines instead of bars, as several workers print
            photos=self.photos,
            threads=threads,
        )

        def work(part: Part) -> list[tuple[str, str]]:
            with fetched(part.photos) as files:
                reasons = _fill(prefix, files, decoders(threads))
            return [(part.photos[row].name, reason) for row, reason in reasons.items()]

        return work


def decoders(threads: int | None) -> int | None:
    """Return the number of decoding threads: one per core, but at least two."""
    return None if threads is None else max(2, threads)


def _fill(prefix: FrozenPrefix, files: FetchedPhotos, workers: int | None) -> dict[int, str]:
    """Store the missing features. Returns the reasons for unreadable photos, by index."""
    from transferleaf.features.photos import PhotoFiles
    from transferleaf.features.views import View
    from transferleaf.freezing.feature_groups import default_groups

    groups = default_groups(prefix.backbone.describe())
    reasons = files.reasons | _absent(files)
    left = [row for row in range(len(files.paths)) if row not in reasons]
    while left:
        source = PhotoFiles(tuple(files.paths[row] for row in left), workers)
        try:
            prefix.rows(source, View(), groups=groups, cut=None, label="photos")
            break
        except (BadPhotosError, PhotoError) as error:
            found = error.errors if isinstance(error, BadPhotosError) else (error,)
            bad = {each.path: each.reason for each in found}
            reasons |= {row: bad[files.paths[row]] for row in left if files.paths[row] in bad}
            left = [row for row in left if row not in reasons]
    return reasons


def _absent(files: FetchedPhotos) -> dict[int, str]:
    """Return the reasons for files that cannot be opened, by index."""
    found = {}
    for row, path in enumerate(files.paths):
        if row not in files.reasons and stamp_of(path) is None and (reason := _reason(path)):
            found[row] = reason
    return found


def _reason(path: Path) -> str | None:
    try:
        check_photo(path)
    except PhotoError as error:
        return error.reason
    return None


def _check_room(limit: int, backbone: Backbone, photos: int) -> None:
    """Refuse a limit at which the store would evict features while it is filled."""
    from transferleaf.freezing.feature_groups import default_groups

    groups = default_groups(backbone.describe())
    row = sum(group.width * (4 if group.kind == "average" else 2) for group in groups)
    need = photos * row
    if need > limit:
        from transferleaf.features.store.settings import LIMIT_VARIABLE, size_text

        must = f"allow for {size_text(need)}, which features of {photos:,} photos take"
        raise ConfigError(LIMIT_VARIABLE, size_text(limit), must)
