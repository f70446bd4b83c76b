"""The page of the benchmark, written from the stored results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.markdown import markdown_table
from benchmarks.peers.comparing import (
    Training,
    by_machine,
    curves_of,
    front,
    is_ours,
    policy_of,
    verdicts,
)
from benchmarks.peers.curve import Curve

_PAGE = """\
# Accuracy over time, compared with plain Keras, timm and fastai

This page compares test accuracy and training time. Each library trains on the same photos, on the
same machine, from the same ImageNet weights, with its usual recipe for fine-tuning the whole
network.

    python -m benchmarks.peers --photos DATA --peer-python PEERS/bin/python --page docs/peers.md
    python -m docs.figures

`efficientnet_lite0` at 160 px, {train} training photos of PlantVillage (60 per class, 29 classes),
split by leaf as in [What retraining adds](retraining.md). The {test} test photos show other leaves.
Machine: {machine}.
{versions}.
The trainings ran one after the other. Other work with a lower priority shared the cores all the
time, so the seconds are only approximate. On a less busy machine, most are shorter.

```{{drawn-figure}} accuracy-over-time
:alt: {alt}

Each point of the other libraries is an epoch, each point of `transferleaf` is a complete `fit`.
```

## Time to the best accuracy

The target: `transferleaf` reaches the best accuracy of each other library in at most a tenth of the
time that the other library takes.

{verdicts}

{judged}

## transferleaf

`fit` with an empty feature store. The time includes opening the photos and compiling the engine.
"Auto" is `freeze="auto"` with `Augmentation.leaf()` and `fit(time_limit=...)`; its time includes
the advice. If there is no time for all augmented views, it uses fewer of them, and then fewer
photos.

{ours}

There is one training per row. The 95 % interval of such an accuracy is about ± 0.7 points, so
small differences are random. [What retraining adds](retraining.md) describes the policies.

## Each epoch of the other libraries

Seconds, and accuracy on the test photos.

{epochs}

## Recipes

- **plain Keras**: {keras}
- **timm**: {timm}
- **fastai**: {fastai}

Times begin when the photos are opened. Imports, building the network and the evaluations on test
photos are left out. The schedules of the other libraries for 60 photos per class were planned for
5 to 15 minutes, which is short for them. Their best epoch is chosen on the test photos, which is
in their favour. `transferleaf` uses {validation} validation photos, and the time includes them. The
other libraries do not use them.

{all_photos}
"""

_ALL_PHOTOS = """\
## All photos

The same recipes with {train} training photos, and {validation} validation photos for
`transferleaf`. Hardly any other work ran. Only trainings on the same machine are compared."""

# The words for readers who cannot see the figure.
_ALT = (
    "Share of wrong answers on test photos against the seconds of training, both axes logarithmic."
)


def write_page(page: Path, found: Sequence[Training]) -> None:
    """Write all tables to ``page``."""
    machine, rows = next(iter(by_machine(found, 60).items()))
    curves = curves_of(rows)
    settings = {training["title"]: training["settings"] for training in found}
    text = _PAGE.format(
        train=f"{rows[0]['photos']['train']:,}",
        validation=f"{rows[0]['photos']['val']:,}",
        test=f"{rows[0]['photos']['test']:,}",
        machine=machine,
        versions=_versions(rows),
        verdicts=_verdicts(curves),
        judged=_judged(curves),
        ours=_ours(curves),
        epochs=_epochs(curves),
        alt=_ALT,
        all_photos=_all_photos(found),
        keras=_keras(settings["plain Keras"]),
        timm=_timm(settings["timm"]),
        fastai=_fastai(settings["fastai"]),
    )
    page.write_text(text, encoding="utf-8")


def _versions(rows: Sequence[Mapping[str, Any]]) -> str:
    named = {name: version for row in rows for name, version in row["versions"].items()}
    return ", ".join(f"{name} {version}" for name, version in named.items())


def _verdicts(curves: Mapping[str, Curve]) -> str:
    cells = []
    for verdict in verdicts(curves):
        best = verdict.curve.best
        ours, seconds, times = "none", "", ""
        if verdict.ours is not None and verdict.point is not None:
            ours = f"{policy_of(verdict.ours)} ({verdict.point.accuracy:.4f})"
            seconds, times = f"{verdict.point.seconds:,.0f}", _times(verdict.times)
        cells.append(
            [
                verdict.title,
                f"{best.accuracy:.4f}",
                f"{verdict.curve.points.index(best) + 1} of {len(verdict.curve.points)}",
                f"{best.seconds:,.0f}",
                f"{verdict.curve.points[-1].seconds:,.0f}",
                ours,
                seconds,
                times,
                "yes" if verdict.met else "**no**",
            ]
        )
    header = ["library", "best accuracy", "epoch", "seconds to it", "seconds of all epochs"]
    header += ["first policy with it", "seconds", "times faster", "target met"]
    return markdown_table(header, cells)


def _times(times: float) -> str:
    return f"{times:.1f}" if times < 10 else f"{times:.0f}"


def _judged(curves: Mapping[str, Curve]) -> str:
    judged = verdicts(curves)
    missed = [verdict.title for verdict in judged if not verdict.met]
    told = f"The target is missed for {', '.join(missed)}." if missed else "The target is met."
    rising = [v.title for v in judged if v.curve.best is v.curve.points[-1]]
    if rising:
        told += (
            f" The last epoch was the best one for {' and '.join(rising)}, so\n"
            "a longer schedule may be more accurate than this one, in more time."
        )
    return told


def _ours(curves: Mapping[str, Curve]) -> str:
    on_front = {title for title, _ in front(curves)}
    best = [(title, curve.best) for title, curve in curves.items() if is_ours(title)]
    ours = dict(sorted(best, key=lambda item: item[1].seconds))
    cells = [
        [
            policy_of(title),
            point.trained,
            f"{point.seconds:,.0f}",
            f"{point.accuracy:.4f}",
            f"{point.loss:.3f}",
            "yes" if title in on_front else "",
        ]
        for title, point in ours.items()
    ]
    header = ["policy", "trained", "seconds", "test accuracy", "loss"]
    return markdown_table([*header, "more accurate than all faster ones"], cells)


def _epochs(curves: Mapping[str, Curve]) -> str:
    peers = {title: curve for title, curve in curves.items() if not is_ours(title)}
    longest = max((len(curve.points) for curve in peers.values()), default=0)
    cells = []
    for number in range(longest):
        row = [str(number + 1)]
        for curve in peers.values():
            if number >= len(curve.points):
                row.append("")
                continue
            point = curve.points[number]
            head = " (head)" if point.trained == "head" else ""
            row.append(f"{point.seconds:,.0f} s: {point.accuracy:.4f}{head}")
        cells.append(row)
    return markdown_table(["epoch", *peers], cells)


def _all_photos(found: Sequence[Training]) -> str:
    machines = by_machine(found, None)
    if not machines:
        return "Trainings with all photos (`--size 0`) were not measured."
    rows = [training for trainings in machines.values() for training in trainings]
    photos = rows[0]["photos"]
    told = [_ALL_PHOTOS.format(train=f"{photos['train']:,}", validation=f"{photos['val']:,}")]
    for machine, trainings in machines.items():
        curves = curves_of(trainings)
        told += [f"Machine: {machine}.", _verdicts(curves), _judged(curves)]
        told += [_ours(curves), _epochs(curves)]
    return "\n\n".join([*told, _left_out(rows)]).rstrip()


def _left_out(rows: Sequence[Training]) -> str:
    measured = {training["title"] for training in rows}
    libraries = [title for title in ("plain Keras", "timm", "fastai") if title not in measured]
    return f"Not measured with all photos: {', '.join(libraries)}." if libraries else ""


def _keras(settings: Mapping[str, Any]) -> str:
    return (
        "as in its guide to transfer learning. The head trains for "
        f"{settings['head_epochs']} epochs with Adam\n  and a rate of {settings['head_rate']:g}, "
        f"then the whole network for {settings['epochs']} epochs with {settings['rate']:g}, in "
        f"batches of\n  {settings['batch_size']}, with random flips and rotations. The base is "
        "called with `training=False`. The rate of\n  the guide is 1e-5."
    )


def _timm(settings: Mapping[str, Any]) -> str:
    return (
        f"the whole network trains, with AdamW at a rate of {settings['rate']:g} and a weight "
        f"decay of\n  {settings['weight_decay']:g}, {settings['warm_up']} epoch of warm-up and "
        f"{settings['epochs']} of a cosine, label smoothing of {settings['smoothing']:g}, batches "
        f"of\n  {settings['batch_size']}, and the random crops, flips and colours of its training "
        "script. The layout is channels-last,\n  with two workers."
    )


def _fastai(settings: Mapping[str, Any]) -> str:
    layout = ", in the channels-last layout" if settings["channels_last"] else ""
    return (
        f"`vision_learner` and `fine_tune({settings['epochs']})` with default values and "
        f"`aug_transforms()`, in\n  batches of {settings['batch_size']}{layout}. The head trains "
        "for an epoch, then the whole network."
    )
