"""A model card: intended use, evaluation, results and limits of a classifier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from transferleaf.reports.metrics import Interval
from transferleaf.reports.per_class import ClassReport
from transferleaf.reports.report import Report
from transferleaf.reports.set_report import SetReport
from transferleaf.text.strangers_text import in_one_line, visible
from transferleaf.text.wording import counted, percent

_WEAKEST = 5  # number of classes that are listed as the weakest


def model_card(report: Report) -> str:
    """Return a report as a model card in Markdown.

    Source:
        The sections follow Mitchell et al. (2019), "Model cards for model reporting".
    """
    sections = (_head, _use, _evaluation, _results, _limits, _classes, _weights, _again)
    return "\n".join(chain.from_iterable(section(report) for section in sections))


def _head(report: Report) -> Iterator[str]:
    model = report.model
    yield from (f"# {plain(report.title)}", "")
    yield (
        f"A classifier of leaf photos with {len(report.classes)} classes: {code(model.backbone)} "
        f"at {model.image_size} px, {model.parameters:,} parameters, "
        f"trained by transfer learning with transferleaf. Evaluated on {report.created}."
    )
    yield ""


def _use(report: Report) -> Iterator[str]:
    yield from ("## Intended use", "")
    yield (
        "The classifier predicts the crop and the disease in a photo of a single leaf, from the "
        "classes listed below. It supports people who inspect the plants themselves; do not spray "
        "or destroy plants based on its answer alone. It assigns one of its classes to every "
        "photo; the verdict of an answer (sure, unsure, unknown or uncalibrated) says whether to "
        "trust it."
    )
    yield ""


def _evaluation(report: Report) -> Iterator[str]:
    yield from ("## Evaluation", "")
    for entry in report.sets:
        yield f"- **{plain(entry.name)}**: {_photos_of(entry)}. {_split_of(entry)}"
        yield f"  From {plain(entry.origin)}; fingerprint {code(entry.fingerprint[:16])}."
    yield from ("", "Intervals are 95% bootstrap intervals over leaves.", "")


def _photos_of(entry: SetReport) -> str:
    told = [counted(entry.photos, "photo")]
    if entry.leaves is not None:
        told.append("1 known leaf" if entry.leaves == 1 else f"{entry.leaves:,} known leaves")
    if entry.unreadable:
        told.append(f"{len(entry.unreadable):,} more cannot be read")
    if entry.unknown:
        left_out = sum(unknown.photos for unknown in entry.unknown)
        told.append(f"{left_out:,} more of unknown classes")
    return ", ".join(told)


def _split_of(entry: SetReport) -> str:
    if entry.leaves is None:
        return "Leaves are not known, so photos of the same leaf may be in training and test set."
    if entry.shared_leaf_photos is None:
        return "It is not known whether the same leaves are in the training set."
    if entry.shared_leaf_photos:
        return (
            f"**{counted(entry.shared_leaf_photos, 'photo')} of leaves that are also in the "
            "training set: the results are too optimistic.**"
        )
    return "Split by leaf: no photo shows a leaf that is known to be in the training set."


def _results(report: Report) -> Iterator[str]:
    yield from ("## Results", "")
    yield from _table(
        ["", *(plain(entry.name) for entry in report.sets)],
        [
            ["Accuracy", *(_percent(entry.accuracy) for entry in report.sets)],
            ["Macro F1", *(entry.macro_f1.percent for entry in report.sets)],
            [
                f"Top-{report.sets[0].top_k} accuracy",
                *(_percent(entry.top_k_accuracy) for entry in report.sets),
            ],
            ["Crop accuracy", *(_percent(entry.crop_accuracy) for entry in report.sets)],
            [
                "Healthy/diseased accuracy",
                *(_percent(entry.healthy_accuracy) for entry in report.sets),
            ],
            *_swap_rows(report.sets),
            ["Expected calibration error", *(f"{entry.after.ece:.3f}" for entry in report.sets)],
            ["Sure answers", *(_sure(entry) for entry in report.sets)],
        ],
    )
    yield from (f"Calibration: {plain(report.model.calibration_outcome)}", "")
    if report.model.adaptation is not None:
        yield from (f"Adaptation: {plain(report.model.adaptation)}", "")


def _swap_rows(sets: Sequence[SetReport]) -> Iterator[list[str]]:
    if any(entry.swap for entry in sets):
        swapped = (entry.swap and entry.swap.swapped.percent for entry in sets)
        yield ["Accuracy on other backgrounds", *(each or "not measured" for each in swapped)]


def _sure(entry: SetReport) -> str:
    point = entry.at_threshold
    if point is None:
        return "none; uncalibrated"
    if point.accuracy is None:
        return percent(point.coverage)
    return f"{percent(point.coverage)}, {percent(point.accuracy)} of them correct"


def _limits(report: Report) -> Iterator[str]:
    main = report.sets[0]
    yield from ("## Limits", "")
    yield (
        "- The results hold for photos similar to the test photos. Results on single leaves in "
        "front of a plain background, as in a laboratory, do not carry over to photos from a "
        "field."
    )
    for entry in report.sets:
        if entry.no_better_than_guessing:
            guessed = entry.commonest.support / entry.photos
            yield (
                f"- **On the {plain(entry.name)} set, the classifier may be no better than "
                f"guessing: always predicting {code(entry.commonest.name)} is correct for "
                f"{percent(guessed)} of the photos.**"
            )
    for entry in report.sets[1:]:
        yield (
            f"- Accuracy is {percent(main.accuracy.value)} on the {plain(main.name)} set and "
            f"{percent(entry.accuracy.value)} on the {plain(entry.name)} set."
        )
    for entry in report.sets:
        for unknown in entry.unknown:
            yield (
                f"- The class {code(unknown.name)} is unknown to the classifier. On the "
                f"{plain(entry.name)} set, it predicts other classes for its "
                f"{counted(unknown.photos, 'photo')}, with a mean probability of "
                f"{percent(unknown.mean_confidence)}."
            )
    untested = [entry.name for entry in main.per_class if not entry.support]
    if untested:
        yield f"- Not tested, because there are no photos: {', '.join(map(code, untested))}."
    weakest = _weakest(main.per_class)
    if weakest:
        named = (f"{code(entry.name)} (F1 {percent(entry.f1 or 0.0)})" for entry in weakest)
        yield f"- Classes with the lowest F1: {', '.join(named)}."
    skipped = () if report.training is None else report.training.skipped
    if skipped:
        yield f"- Excluded from training because unreadable: {counted(len(skipped), 'photo')}."
    yield ""


def _weakest(entries: Sequence[ClassReport]) -> list[ClassReport]:
    tested = [entry for entry in entries if entry.support and (entry.f1 or 0.0) < 1]
    return sorted(tested, key=lambda entry: entry.f1 or 0.0)[:_WEAKEST]


def _classes(report: Report) -> Iterator[str]:
    main = report.sets[0]
    yield from (f"## Results per class, on the {plain(main.name)} set", "")
    yield from _table(
        ["Class", "Precision", "Recall", "F1", "Photos"],
        [
            [
                code(entry.name),
                _measure(entry.precision, entry.precision_interval),
                _measure(entry.recall, entry.recall_interval),
                _measure(entry.f1, entry.f1_interval),
                f"{entry.support:,}",
            ]
            for entry in main.per_class
        ],
    )


def _weights(report: Report) -> Iterator[str]:
    model = report.model
    yield from ("## Weights and training", "")
    yield f"- Pretrained weights: {plain(model.weights_source)}."
    yield f"- Licence of the weights: {plain(model.weights_license)}."
    yield f"- Freezing policy: {plain(model.policy)}."
    if report.training is None:
        yield from ("- Details of the training are not known.", "")
        return
    data = report.training.data
    if data is not None:
        yield f"- Training set: {counted(data.photos, 'photo')} from {plain(data.origin)}."
        yield f"- Fingerprint of the training set: {code(data.fingerprint[:16])}."
    yield from (f"- {plain(str(proof))}." for proof in report.training.proof)
    yield ""


def _again(report: Report) -> Iterator[str]:
    yield from ("## Reproducibility", "")
    told = [f"{package} {version}" for package, version in report.versions.items()]
    if told:
        yield from (f"Versions: {', '.join(told)}.", "")
    if report.command is not None:
        yield from ("```sh", visible(report.command).replace("```", "` ` `"), "```", "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def plain(text: str) -> str:
    """Return text from outside as one line of Markdown without formatting.

    >>> plain("a_b <i>|")
    'a\\\\_b \\\\<i\\\\>\\\\|'
    """
    line = in_one_line(text)
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#~" else letter for letter in line)


def code(text: str) -> str:
    """Format a name as inline code, also inside a table.

    >>> code("Corn___rust|`")
    "`Corn___rust\\\\|'`"
    """
    line = in_one_line(text) or " "
    return f"`{line.replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _percent(interval: Interval | None) -> str:
    return "not available from the class names" if interval is None else interval.percent


def _measure(value: float | None, interval: Interval | None) -> str:
    if value is None:
        return "not measured"
    return percent(value) if interval is None else interval.percent
