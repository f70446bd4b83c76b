"""Training of stages: the last two, or all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.speed.bench import Bench, Outcome
from benchmarks.speed.job import Job
from benchmarks.speed.lines import Line, as_accurate, epochs_to, faster
from benchmarks.speed.photos import Selection
from benchmarks.speed.rows.sides import (
    LITE,
    RESNET,
    Section,
    accuracy,
    ours,
    own,
    peer,
    seconds,
    step_seconds,
    titled,
    weights_of,
    with_epochs,
)
from benchmarks.speed.scale import Scale


def tail_lite(bench: Bench, scale: Scale) -> Section:
    """Measure the last two stages of the small network."""
    return _tail(bench, scale, LITE, scale.tail_photos)


def tail_resnet(bench: Bench, scale: Scale) -> Section:
    """Measure the last two stages of the large network."""
    return _tail(bench, scale, RESNET, scale.tail_resnet_photos)


def steps_lite(bench: Bench, scale: Scale) -> Section:
    """Measure a training step of the small network."""
    return _steps(bench, scale, LITE, scale.step_photos)


def steps_resnet(bench: Bench, scale: Scale) -> Section:
    """Measure a training step of the large network."""
    return _steps(bench, scale, RESNET, scale.resnet_step_photos)


def best(bench: Bench, scale: Scale) -> Section:
    """Measure the epochs to the best accuracy of plain Keras with all layers trained."""
    job = Job(
        task="fit",
        backbone=LITE,
        weights="imagenet",
        trained="everything",
        epochs=scale.best_epochs,
        image_size=scale.image_size,
    )
    selection = Selection(layout="split", photos=scale.best_photos)
    keras = bench.tuned("plain Keras", peer("plain_keras", job, selection, repeats=scale.repeats))
    measured = bench.in_turn(
        {
            "ours": ours(job, selection, repeats=scale.repeats),
            # Larger batches would give fewer steps in the same epochs.
            "keras": replace(keras, job=replace(keras.job, batch_size=32)),
        }
    )
    work = f"everything trainable, {LITE}, gradient epochs to plain Keras' best of {job.epochs}"
    return Section(lines=(_epochs_line(work, measured),))


def _tail(bench: Bench, scale: Scale, backbone: str, photos: int | None) -> Section:
    job = Job(
        task="fit",
        backbone=backbone,
        weights=weights_of(backbone),
        trained="last two stages",
        epochs=scale.tail_epochs,
        image_size=scale.image_size,
    )
    selection = Selection(layout="split", photos=photos)
    keras = peer("plain_keras", job, selection, repeats=scale.peer_repeats)
    keras = bench.tuned("plain Keras", keras)
    measured = bench.in_turn(
        {"ours": ours(job, selection, repeats=scale.repeats, processes=2), "keras": keras}
    )
    known = "" if photos is None else f", {photos:,} photos"
    work = f"last two stages trainable, {job.epochs} epochs, {backbone}{known}"
    title = titled("plain Keras", keras)
    theirs = measured["keras"].figures(with_epochs(title, measured["keras"]), seconds())
    lines = [
        faster(f"{work}, first run", own(measured, seconds(0)), theirs, bar=3),
        faster(f"{work}, second run", own(measured, seconds(1)), theirs, bar=None),
    ]
    if job.weights:
        right = measured["keras"].figures(title, accuracy)
        work = f"{work}, accuracy on other leaves"
        lines.append(as_accurate(work, own(measured, accuracy), right, within=None))
    return Section(lines=tuple(lines))


def _steps(bench: Bench, scale: Scale, backbone: str, photos: int) -> Section:
    job = Job(
        task="steps",
        backbone=backbone,
        trained="all but batch norm",
        epochs=2,
        image_size=scale.image_size,
    )
    # Three quarters of the photos are for training.
    selection = Selection(layout="counted", photos=photos * 4 // 3)
    keras = bench.tuned("plain Keras", peer("plain_keras", job, selection, repeats=scale.repeats))
    # Both use batches of 32, so only XLA is tuned.
    keras = replace(keras, job=replace(keras.job, batch_size=32))
    measured = bench.in_turn({"ours": ours(job, selection, repeats=scale.repeats), "keras": keras})
    theirs = measured["keras"].figures(titled("plain Keras", keras), step_seconds)
    work = f"everything trainable, {backbone}, one step"
    return Section(lines=(faster(work, own(measured, step_seconds), theirs, bar=1),))


def _epochs_line(work: str, measured: Mapping[str, Outcome]) -> Line:
    line = Line(work=work, ours="", other="plain Keras", bar="fewer epochs")
    if reason := measured["ours"].missing or measured["keras"].missing:
        return replace(line, ours=reason)
    pairs = [
        (run[0], other[0])
        for run, other in zip(measured["ours"].runs, measured["keras"].runs, strict=True)
    ]
    targets = [max(other.curve) for _, other in pairs]
    needed = [
        tuple(epochs_to(side.curve, target, curve_from=side.curve_from) for side in pair)
        for pair, target in zip(pairs, targets, strict=True)
    ]
    first, theirs = ([pair[side] for pair in needed] for side in (0, 1))
    solved = " ".join(f"{100 * mine.curve[0]:.1f}" for mine, _ in pairs)
    reached = " ".join(f"{100 * target:.1f}" for target in targets)
    return replace(
        line,
        ours=f"{_told(first)} (solved head: {solved} %)",
        other=f"plain Keras: {_told(theirs)} (best: {reached} %)",
        met=all(mine is not None and mine < (other or 0) for mine, other in needed),
    )


def _told(epochs: list[int | None]) -> str:
    return ", ".join("never" if epoch is None else str(epoch) for epoch in epochs)
