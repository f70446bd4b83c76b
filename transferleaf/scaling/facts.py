"""Facts about the photos of large data sets, for the audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import ClassVar

from transferleaf.auditing.facts import PhotoFacts
from transferleaf.auditing.facts import photo_facts as facts_of_files
from transferleaf.files.cache_folder import cache_folder
from transferleaf.scaling.fetching import fetched
from transferleaf.scaling.parts import PHOTOS_PER_PART, Part, cut
from transferleaf.scaling.photo_locations import in_memory, named_photo
from transferleaf.scaling.running import run
from transferleaf.scaling.workers import Workers


def photo_facts(
    photos: Sequence[str | PathLike[str]],
    *,
    cache: str | PathLike[str] | None = None,
    on: str | None = None,
    workers: Workers = Workers(),  # noqa: B008 - frozen
    photos_per_part: int = PHOTOS_PER_PART,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[PhotoFacts, ...]:
    """Collect facts about photos, as ``transferleaf.auditing.facts.photo_facts`` does.

    Facts are cached by content. After an interruption, the same call continues if the machines
    share the cache folder.

    Args:
        photos: Paths of photos, or URLs that fsspec can open. The facts need about 1.5 kB of memory
            per photo.
        cache: Folder of the cached facts. Default: the user's cache folder.
        on: ``None`` for this machine, ``"ray"``, or the address of a Ray cluster.
        workers: The resources of each Ray worker.
        photos_per_part: Number of photos per task.
        progress: Called after each part with the number of finished photos and of all photos.

    Returns:
        The facts of each photo, in the order of ``photos``. Those of an unreadable photo have an
        error.

    Raises:
        ConfigError: An argument is invalid.
        MissingExtraError: Ray or fsspec is not installed.
        BulkRunError: Ray failed.
    """
    named = tuple(named_photo(str(photo)) for photo in photos)
    unique = tuple({location.address: location for location in named}.values())
    parts = list(cut(unique if on is None else in_memory(unique), photos_per_part))
    task = _FactsTask(cache=str(cache_folder(cache).absolute()))
    found: dict[str, PhotoFacts] = {}
    for number, facts in run(task, parts, on=on, workers=workers):
        addresses = (location.address for location in parts[number].photos)
        found.update(zip(addresses, facts, strict=True))
        if progress is not None:
            progress(len(found), len(unique))
    return tuple(found[location.address] for location in named)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FactsTask:
    """Collects the facts of photos, and stores them in ``cache``."""

    cache: str
    on_tensorflow: ClassVar[bool] = False

    def open(self, threads: int | None) -> Callable[[Part], tuple[PhotoFacts, ...]]:
        def work(part: Part) -> tuple[PhotoFacts, ...]:
            with fetched(part.photos) as files:
                facts = facts_of_files(files.paths, workers=threads, cache=self.cache)
                return tuple(
                    replace(each, error=files.reasons.get(row, each.error))
                    for row, each in enumerate(facts)
                )

        return work
