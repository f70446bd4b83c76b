"""A model card: what a classifier is for, how it was judged, how well it did, where it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from transferleaf.reports.metrics import Interval
from transferleaf.strangers_text import in_one_line, visible

if TYPE_CHECKING:
    from transferleaf.reports.per_class import ClassReport
    from transferleaf.reports.report import Report
    from transferleaf.reports.set_report import SetReport

_WEAKEST = 5  # classes that the limits name


def model_card(report: Report) -> str:
    """Write a report as a model card in Markdown.

    Source:
        The sections follow Mitchell et al. (2019), "Model cards for model reporting".
    """
    sections = (_head, _use, _protocol, _figures, _limits, _classes, _weights, _again)
    return "\n".join(chain.from_iterable(section(report) for section in sections))


def _head(report: Report) -> Iterator[str]:
    model = report.model
    yield from (f"# {plain(report.title)}", "")
    yield (
        f"A classifier of leaf photos into {len(report.classes)} classes: {code(model.backbone)} "
        f"at {model.image_size} px, {model.parameters:,} parameters, "
        f"trained by transfer learning with transferleaf. Judged {report.created}."
    )
    yield ""


def _use(report: Report) -> Iterator[str]:
    yield from ("## Intended use", "")
    yield (
        "It predicts the crop and the disease in a photo of one leaf, out of the classes listed "
        "below. It supports people who inspect the plants themselves; do not spray or destroy "
        "plants because of its answer alone. It answers every photo with one of its classes; the "
        "verdict beside the answer (sure, unsure, unknown or uncalibrated) says whether to trust "
        "it."
    )
    yield ""


def _protocol(report: Report) -> Iterator[str]:
    yield from ("## How it was judged", "")
    for entry in report.sets:
        yield f"- **{plain(entry.name)}**: {_photos_of(entry)}. {_split_of(entry)}"
        yield f"  From {plain(entry.origin)}; fingerprint {code(entry.fingerprint[:16])}."
    yield from ("", "Intervals are at 95 %, from resampling leaves.", "")


def _photos_of(entry: SetReport) -> str:
    told = [f"{entry.photos:,} photos"]
    if entry.leaves is not None:
        told.append(f"{entry.leaves:,} known leaves")
    if entry.unreadable:
        told.append(f"{len(entry.unreadable):,} more could not be read")
    if entry.unknown:
        left_out = sum(unknown.photos for unknown in entry.unknown)
        told.append(f"{left_out:,} more of classes that it does not know")
    return ", ".join(told)


def _split_of(entry: SetReport) -> str:
    if entry.leaves is None:
        return "No leaf is known, so photos of one leaf may lie on both sides of the split."
    if entry.shared_leaf_photos is None:
        return "Whether the leaves were trained on as well is not known."
    if entry.shared_leaf_photos:
        return (
            f"**{entry.shared_leaf_photos:,} of them show a leaf that was trained on, so the "
            "figures flatter.**"
        )
    return "Split by leaf: no photo shows a leaf that is known to have been trained on."


def _figures(report: Report) -> Iterator[str]:
    yield from ("## Figures", "")
    yield from _table(
        ["", *(plain(entry.name) for entry in report.sets)],
        [
            ["Accuracy", *(_percent(entry.accuracy) for entry in report.sets)],
            ["Macro F1", *(str(entry.macro_f1) for entry in report.sets)],
            [
                f"Among the top {report.sets[0].top_k}",
                *(_percent(entry.top_k_accuracy) for entry in report.sets),
            ],
            ["Crop right", *(_percent(entry.crop_accuracy) for entry in report.sets)],
            ["Healthy or sick right", *(_percent(entry.healthy_accuracy) for entry in report.sets)],
            ["Calibration error (ECE)", *(f"{entry.after.ece:.3f}" for entry in report.sets)],
            ["Sure answers, correct of those", *(_sure(entry) for entry in report.sets)],
        ],
    )
    yield from (f"Calibration: {plain(report.model.calibration_outcome)}", "")


def _sure(entry: SetReport) -> str:
    point = entry.at_threshold
    if point is None:
        return "none; its answers are uncalibrated"
    right = "none" if point.accuracy is None else f"{point.accuracy:.1%}"
    return f"{point.coverage:.1%}, {right}"


def _limits(report: Report) -> Iterator[str]:
    main = report.sets[0]
    yield from ("## Limits", "")
    yield (
        "- The figures hold for photos like these. Photos of single leaves on a plain ground, as "
        "taken in a laboratory, say little about photos from a field."
    )
    for entry in report.sets:
        if entry.no_better_than_guessing:
            guessed = entry.commonest.support / entry.photos
            yield (
                f"- **On the {plain(entry.name)} photos it may be no better than guessing: always "
                f"naming {code(entry.commonest.name)} gets {guessed:.1%} of them right.**"
            )
    for entry in report.sets[1:]:
        yield (
            f"- Accuracy is {main.accuracy.value:.1%} on the {plain(main.name)} photos and "
            f"{entry.accuracy.value:.1%} on the {plain(entry.name)} photos."
        )
    for entry in report.sets:
        for unknown in entry.unknown:
            yield (
                f"- It does not know {code(unknown.name)} ({unknown.photos:,} {plain(entry.name)} "
                f"photos), and names another class with {unknown.mean_confidence:.0%} probability "
                "on average."
            )
    untested = [entry.name for entry in main.per_class if not entry.support]
    if untested:
        yield f"- Not tested, for want of photos: {', '.join(map(code, untested))}."
    weakest = _weakest(main.per_class)
    if weakest:
        named = (f"{code(entry.name)} (F1 {entry.f1:.2f})" for entry in weakest)
        yield f"- Weakest on: {', '.join(named)}."
    skipped = () if report.training is None else report.training.skipped
    if skipped:
        yield f"- {len(skipped):,} photos could not be read and were left out of the training."
    yield ""


def _weakest(entries: Sequence[ClassReport]) -> list[ClassReport]:
    tested = [entry for entry in entries if entry.support and (entry.f1 or 0.0) < 1]
    return sorted(tested, key=lambda entry: entry.f1 or 0.0)[:_WEAKEST]


def _classes(report: Report) -> Iterator[str]:
    main = report.sets[0]
    yield from (f"## Classes, on the {plain(main.name)} photos", "")
    yield from _table(
        ["Class", "Precision", "Recall", "F1", "Photos"],
        [
            [
                code(entry.name),
                *map(_share, (entry.precision, entry.recall, entry.f1)),
                f"{entry.support:,}",
            ]
            for entry in main.per_class
        ],
    )


def _weights(report: Report) -> Iterator[str]:
    model = report.model
    yield from ("## Weights and training", "")
    yield f"- Pretrained weights: {plain(model.weights_source)}."
    yield f"- Their licence: {plain(model.weights_license)}."
    yield f"- Policy: {plain(model.policy)}."
    if report.training is None:
        yield from ("- How it was trained is not known.", "")
        return
    data = report.training.data
    if data is not None:
        yield f"- Trained on {data.photos:,} photos from {plain(data.origin)}."
        yield f"- Their fingerprint: {code(data.fingerprint[:16])}."
    yield from (f"- {plain(str(proof))}." for proof in report.training.proof)
    yield ""


def _again(report: Report) -> Iterator[str]:
    yield from ("## To reproduce", "")
    told = [f"{package} {version}" for package, version in report.versions.items()]
    if told:
        yield from (f"With {', '.join(told)}.", "")
    if report.command is not None:
        yield from ("```sh", visible(report.command).replace("```", "` ` `"), "```", "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def plain(text: str) -> str:
    """Make text that is not ours one line of Markdown without meaning of its own.

    >>> plain("a_b <i>|")
    'a\\\\_b \\\\<i\\\\>\\\\|'
    """
    line = in_one_line(text)
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#~" else letter for letter in line)


def code(text: str) -> str:
    """Quote a name as code, also inside a table.

    >>> code("Corn___rust|`")
    "`Corn___rust\\\\|'`"
    """
    line = in_one_line(text) or " "
    return f"`{line.replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _percent(interval: Interval | None) -> str:
    if interval is None:
        return "not told by the class names"
    return f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%})"


def _share(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"
