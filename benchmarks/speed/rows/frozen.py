"""A frozen base compared with all contenders: only the head is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from benchmarks.speed.bench import Bench, Outcome
from benchmarks.speed.job import Job
from benchmarks.speed.lines import Figures, Line, as_accurate, at_most, faster
from benchmarks.speed.photos import Selection
from benchmarks.speed.rows.sides import (
    LITE,
    PEERS,
    RESNET,
    Section,
    accuracy,
    ours,
    own,
    peer,
    photos_of,
    seconds,
    titled,
    weights_of,
    with_epochs,
)
from benchmarks.speed.scale import Scale

SECOND_RUN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """The outcomes of all contenders.

    Attributes:
        work: Description of the work.
        outcomes: The outcomes by name: ``"ours"``, ``"floor"`` and the peers.
        titles: The titles of the peers, with their settings.
    """

    work: str
    outcomes: Mapping[str, Outcome]
    titles: Mapping[str, str]

    def of(self, name: str) -> Figures:
        """Return the seconds of a peer."""
        outcome = self.outcomes[name]
        return outcome.figures(with_epochs(self.titles[name], outcome), seconds())


def frozen_lite(bench: Bench, scale: Scale) -> Section:
    """Measure a small network with pretrained weights, including accuracy."""
    # The accuracy is that after all epochs, so plain Keras must run all of them. Its epochs vary by
    # a factor of two between runs, so several runs are needed.
    epochs_run = {**dict.fromkeys(PEERS, scale.peer_epochs), "plain Keras": scale.frozen_epochs}
    repeats = {**dict.fromkeys(PEERS, scale.peer_repeats), "plain Keras": scale.repeats}
    measured = _measure(bench, scale, LITE, epochs_run, repeats)
    lines = _time_lines(measured, bars=dict.fromkeys(PEERS, 15))
    for name in PEERS:
        theirs = measured.outcomes[name].figures(measured.titles[name], accuracy)
        if theirs.values:
            work = f"{measured.work}, accuracy on other leaves"
            lines.append(as_accurate(work, own(measured.outcomes, accuracy), theirs, within=0.5))
    return Section(lines=tuple(lines))


def frozen_resnet(bench: Bench, scale: Scale) -> Section:
    """Measure a large network with random weights."""
    epochs_run = dict.fromkeys(PEERS, scale.peer_epochs)
    repeats = dict.fromkeys(PEERS, scale.peer_repeats)
    measured = _measure(bench, scale, RESNET, epochs_run, repeats)
    return Section(lines=tuple(_time_lines(measured, bars={"plain Keras": 12})))


def _measure(
    bench: Bench,
    scale: Scale,
    backbone: str,
    epochs_run: Mapping[str, int],
    repeats: Mapping[str, int],
) -> _Measured:
    job = Job(
        task="fit",
        backbone=backbone,
        weights=weights_of(backbone),
        epochs=scale.frozen_epochs,
        image_size=scale.image_size,
    )
    photos = photos_of(backbone, scale)
    selection = Selection(layout="split", photos=photos)
    peers = {
        name: peer(
            contender,
            job,
            selection,
            repeats=repeats[name],
            epochs_run=epochs_run[name],
        )
        for name, contender in PEERS.items()
    }
    peers = {name: bench.tuned(name, measurement) for name, measurement in peers.items()}
    floor = ours(replace(job, task="floor"), selection, repeats=scale.repeats)
    outcomes = bench.in_turn(
        {
            "ours": ours(job, selection, repeats=scale.repeats, processes=2),
            "floor": floor,
            **peers,
        }
    )
    known = "" if photos is None else f", {photos:,} photos"
    return _Measured(
        work=f"frozen base, {job.epochs} epochs, {backbone}{known}",
        outcomes=outcomes,
        titles={name: titled(name, measurement) for name, measurement in peers.items()},
    )


def _time_lines(measured: _Measured, *, bars: Mapping[str, float]) -> list[Line]:
    first, second = (own(measured.outcomes, seconds(process)) for process in (0, 1))
    work = f"{measured.work}, first run"
    lines = [faster(work, first, measured.of(name), bar=bars.get(name)) for name in PEERS]
    floor = measured.outcomes["floor"].figures("the engine alone", seconds())
    lines.append(at_most(work, first, floor, times=1.25, plus=10))
    work = f"{measured.work}, second run"
    lines.append(faster(work, second, measured.of("plain Keras"), bar=SECOND_RUN))
    return lines
