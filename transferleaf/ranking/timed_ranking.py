"""Ranking of backbones within a time limit, on a sample of the photos if all take too long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import sqrt
from time import monotonic
from typing import Any

from numpy.typing import NDArray

from transferleaf.advice.advice import Advice
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.sampling import Labelled, varied_sample
from transferleaf.datasets.photos.reading import DecodeMeter
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.photos import PhotoFiles
from transferleaf.features.store import FeatureStore
from transferleaf.freezing.feature_groups import default_groups
from transferleaf.ranking.ranking import OF_ONE_BACKBONE, Ranking, rank_backbones
from transferleaf.text.progress import Reporter
from transferleaf.text.wording import duration
from transferleaf.training.assembly import resolve_backbone

# Photos of each class that a comparison needs at least.
_FEWEST = 8

# Share of the limit that is planned for the passes over the photos. The heads of the learning curve
# and the statistics of the network take the rest.
_PASSES = 0.2

# The first photos start the engine, so only the next ones are timed.
_WARM_UP, _TIMED, _BATCH = 8, 64, 32


def rank_in_time(
    data: LeafDataset,
    work: Mapping[str, int],
    advise_on: Callable[[LeafDataset, str], Advice],
    *,
    seconds: float,
    photo_seconds: Callable[[LeafDataset, str], float],
    tell: Callable[[str], None],
    now: Callable[[], float] = monotonic,
) -> Ranking:
    """Rank backbones on the same photos, within a time limit.

    All photos are used if the time is enough for them. Otherwise all backbones are compared on the
    same sample, with at least 8 photos of each class. Backbones that do not fit are left out, the
    slowest first. The cheapest backbone is always measured.

    Args:
        data: The photos.
        work: Multiply-adds for one photo of each backbone, at least one backbone.
        advise_on: Measures photos with a backbone.
        seconds: The time limit.
        photo_seconds: Measures the seconds that a backbone needs for a photo.
        tell: Prints a line.
        now: Returns the time in seconds.

    Raises:
        BackboneError, ConfigError, ImportError, OSError: No backbone could be measured.
    """
    ends = now() + seconds
    names = sorted(work, key=lambda name: work[name])
    sample, passes = data, dict.fromkeys(names, 0.0)
    if len(data) > _FEWEST * len(data.classes):
        passes = _passes(data, names, work, photo_seconds)
        photos = _affordable(
            list(passes.values()), _PASSES * (ends - now()), fewest=_FEWEST * len(data.classes)
        )
        sample = _sample(data, photos)
    if len(sample) < len(data):
        tell(
            f"Compared on {len(sample):,} of {len(data):,} photos, to keep the time limit of "
            f"{duration(seconds)}."
        )
    took: dict[str, float] = {}

    def advice(name: str) -> Advice:
        started = now()
        # The first one is always measured, because an empty ranking is useless.
        if took:
            expected = max(
                _expected(
                    took[done],
                    passes=len(sample) * passes[done],
                    growth=work[name] / max(work[done], 1),
                )
                for done in took
            )
            if started + expected > ends:
                raise TimeoutError(
                    f"it would take about {duration(expected)}, and {duration(ends - started)} "
                    f"are left of the time limit of {duration(seconds)} (--seconds)"
                    if started < ends
                    else f"the time limit of {duration(seconds)} was reached (--seconds)"
                )
        found = advise_on(sample, name)
        took[name] = now() - started
        return found

    return rank_backbones(names, advice)


def _passes(
    data: LeafDataset,
    names: Sequence[str],
    work: Mapping[str, int],
    photo_seconds: Callable[[LeafDataset, str], float],
) -> dict[str, float]:
    """Return the expected seconds for a photo of each backbone, from the first that works."""
    for name in names:
        try:
            photo = photo_seconds(data, name)
        except OF_ONE_BACKBONE:
            continue  # the ranking says why it cannot be measured
        return {each: photo * work[each] / max(work[name], 1) for each in names}
    return dict.fromkeys(names, 0.0)


def _expected(took: float, *, passes: float, growth: float) -> float:
    """Return the expected seconds of a backbone, from those that another one took.

    The passes over the photos grow with the work. The rest, mostly the solution of heads, grows
    less.

    Args:
        took: Seconds of the other backbone.
        passes: Seconds of its passes over the photos.
        growth: Work of the backbone as a multiple of the work of the other one.

    >>> _expected(50.0, passes=10.0, growth=4.0)
    120.0
    """
    passes = min(passes, took)
    return passes * growth + (took - passes) * sqrt(growth)


def _affordable(passes: Sequence[float], room: float, *, fewest: int) -> int:
    """Return how many photos as many backbones as possible can read in time, at least ``fewest``.

    Args:
        passes: Seconds for one photo of each backbone, in increasing order.
        room: Seconds for all photos and backbones.
        fewest: Minimum number of photos.

    >>> _affordable([0.01, 0.03], 20.0, fewest=40)  # both
    500
    >>> _affordable([0.01, 0.99], 20.0, fewest=40)  # the first one only
    2000
    """
    photos = 0
    for backbones in range(len(passes), 0, -1):
        photos = int(room / max(sum(passes[:backbones]), 1e-9))
        if photos >= fewest:
            break
    return max(photos, fewest)


def _sample(data: LeafDataset, photos: int) -> LeafDataset:
    if photos >= len(data):
        return data
    labelled = Labelled(labels=data.labels, leaves=data.leaves, classes=data.classes)
    return data.subset(varied_sample(labelled, limit=photos, least=_FEWEST, seed=0))


def seconds_for_a_photo(data: LeafDataset, backbone: str) -> float:
    """Measure the seconds to decode a photo and compute its features, on this machine.

    Nothing is stored, and stored features are not used.

    Args:
        data: The photos, of which some are read.
        backbone: The network, with its pretrained weights.

    Raises:
        PretrainedWeightsError: The weights are not available.
    """
    prefix = FrozenPrefix(
        backbone=resolve_backbone(backbone, weights="imagenet", stages=None, image_size=None),
        store=FeatureStore(None),
        reporter=Reporter(0),
        photos=len(data),
    )
    groups = default_groups(prefix.backbone.describe())
    source = PhotoFiles(_sample(data, _WARM_UP + _TIMED).paths)

    def photos(rows: Sequence[int]) -> Iterator[NDArray[Any]]:
        return source.read(
            rows,
            image_size=prefix.backbone.image_size,
            batch_size=_BATCH,
            meter=DecodeMeter(),
            errors={},
        )

    timed = range(_WARM_UP, min(_WARM_UP + _TIMED, len(source.paths)))
    for _ in prefix.features(photos(range(_WARM_UP)), groups):
        pass
    began = monotonic()
    for _ in prefix.features(photos(timed), groups):
        pass
    return (monotonic() - began) / len(timed)
