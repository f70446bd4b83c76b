"""A complete run: training, calibration and evaluation, with all files."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from transferleaf.adapting import Adaptation
from transferleaf.adapting.adapting import photos_without_labels
from transferleaf.datasets.parts.split import Split
from transferleaf.errors import BadPhotosError, EmptyClassError
from transferleaf.files.saved_values import save_values
from transferleaf.files.whole_files import remove_abandoned, written_whole
from transferleaf.judging.classifier_facts import versions
from transferleaf.runs.folder import RunFolder
from transferleaf.runs.grounds_note import grounds_note
from transferleaf.runs.left_out import (
    refuse_unreadable,
    save_readable,
    unreadable_test_photos,
    without,
    write_list,
)
from transferleaf.runs.log import RunLog
from transferleaf.runs.preparing import PreparedRun
from transferleaf.runs.tensorboard_logs import TensorBoardLogs
from transferleaf.scenes.plain_grounds import look_for_plain_grounds
from transferleaf.text.wording import counted, percent
from transferleaf.training.callbacks import FitHistory
from transferleaf.training.feeding.bad_photos import SkippedPhoto
from transferleaf.training.resume_hint import without_resume_hint


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """The result of a run.

    Attributes:
        run: The folder.
        accuracy: Accuracy on the test photos, in [0, 1].
        low: Lower bound of the 95 % interval of the accuracy; ``None`` without a report.
        high: Upper bound of the interval.
        photos: Number of training photos.
        test_photos: Number of test photos.
        skipped: Unreadable photos, which are not included in these numbers.
    """

    run: RunFolder
    accuracy: float
    low: float | None
    high: float | None
    photos: int
    test_photos: int
    skipped: tuple[SkippedPhoto, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return values for JSON."""
        return {
            "run": str(self.run.path),
            "model": str(self.run.model),
            "accuracy": self.accuracy,
            "low": self.low,
            "high": self.high,
            "train_photos": self.photos,
            "test_photos": self.test_photos,
            "skipped_photos": [photo.to_dict() for photo in self.skipped],
        }


def train_run(prepared: PreparedRun, run: RunFolder, log: RunLog, *, verbose: int) -> RunResult:
    """Train in the folder of a run. An interrupted run is resumed.

    Args:
        prepared: The photos and the classifier.
        run: The folder, new or from an unfinished run with the same configuration.
        log: The log.
        verbose: 0 for no output, 1 for progress bars, 2 for one line per epoch.

    Raises:
        BadPhotosError: Photos cannot be read, and the configuration does not skip them.
        LostClassesError: Without them, there are no photos left for training or test.
    """
    run.state.mkdir(exist_ok=True)
    remove_abandoned(run.path)  # unfinished files of a killed process
    log.note(f"{prepared.data!r}")
    log.say(prepared.split_note)
    log.say(f"Leaks: {prepared.split.leaks()}.")
    grounds = look_for_plain_grounds(prepared.split[0].paths)
    if note := grounds_note(prepared.config.augment, grounds):
        log.say(note)
    skip = prepared.config.skip_bad_photos
    of_test = unreadable_test_photos(prepared.split[2], skip=skip)
    if prepared.config.unlabeled is not None and not skip:
        refuse_unreadable(photos_without_labels(prepared.config.unlabeled))
    # All photos first. Other unreadable ones are only found in training.
    save_readable(without(prepared.split, _paths(of_test)), run.split)
    save_values(run.versions, versions())
    _fit(prepared, run, log, verbose)
    if prepared.config.unlabeled is not None:
        log.say(str(_adapted(prepared)))
    skipped = (*prepared.classifier.skipped_photos, *of_test)
    used = _left(prepared.split, skipped, run, log)
    used = _calibrated(prepared, used, log)
    _save_model(prepared, run)
    result = replace(_judge(prepared, used, run, log, verbose), skipped=skipped)
    # Last, because it marks the run as finished.
    shutil.rmtree(run.state)
    return result


def _save_model(prepared: PreparedRun, run: RunFolder) -> None:
    # Keras does not write atomically, and half a file would look like a trained classifier.
    unfinished = run.state / run.model.name
    prepared.classifier.save(unfinished)
    unfinished.replace(run.model)


def _fit(prepared: PreparedRun, run: RunFolder, log: RunLog, verbose: int) -> None:
    config, classifier = prepared.config, prepared.classifier
    train, validation, _ = prepared.split
    with without_resume_hint():
        history = classifier.fit(
            train,
            validation_data=validation,
            epochs=config.epochs,
            batch_size=config.batch_size,
            seed=config.seed,
            time_limit=config.time_limit,
            on_bad_photo="skip" if config.skip_bad_photos else "raise",
            callbacks=[TensorBoardLogs(run.tensorboard)],
            resume=run.state,
            verbose=verbose,
        )
    if classifier.plan is not None:
        log.note(f"the plan\n{classifier.plan}")
        save_values(run.plan, classifier.plan.to_dict())
    for record in classifier.records:
        proof = f"{record.proof.frozen:,} frozen weights unchanged, {record.proof.checksum[:12]}"
        log.note(f"{record.phase.name}: {record.seconds:.1f} s; {proof}")
    _write_history(run.history, history)


def _adapted(prepared: PreparedRun) -> Adaptation:
    config, classifier = prepared.config, prepared.classifier
    assert config.unlabeled is not None
    return classifier.adapt(
        config.unlabeled,
        training_data=without(prepared.split, _paths(classifier.skipped_photos))[0],
        # With a time limit, training reads only some of the photos, and it must not be lost now.
        on_bad_photo="skip" if config.skip_bad_photos or config.time_limit else "raise",
        verbose=0,
    )


def _calibrated(prepared: PreparedRun, used: Split, log: RunLog) -> Split:
    """Calibrate the classifier if possible, and return the readable photos of the parts."""
    while True:
        train, validation, _ = used
        try:
            calibration = prepared.classifier.calibrate(
                validation,
                training_data=train,
                precision=prepared.config.precision,
                verbose=0,
            )
        except BadPhotosError as error:
            # With a time limit, training reads only some of the photos.
            log.say(f"Left out of the calibration: {error}")
            used = without(used, (each.path for each in error.errors))
        except EmptyClassError as error:
            log.say(f"Not calibrated, because classes have no validation photos: {error}")
            return used
        else:
            log.say(str(calibration))
            return used


def _left(split: Split, skipped: Sequence[SkippedPhoto], run: RunFolder, log: RunLog) -> Split:
    """Return the parts without unreadable photos, and list these in the folder of the run."""
    write_list(skipped, run.skipped)
    used = without(split, _paths(skipped))
    if skipped:
        used.save(run.split)
        photos = counted(len(skipped), "photo")
        were = "was" if len(skipped) == 1 else "were"
        log.say(f"{photos} could not be read and {were} left out: see {run.skipped}")
        for photo in skipped:
            log.note(f"left out of {photo.used_for}: {str(photo.path)!r}: {photo.reason}")
    return used


def _paths(skipped: Sequence[SkippedPhoto]) -> list[Path]:
    return [photo.path for photo in skipped]


def _judge(
    prepared: PreparedRun, used: Split, run: RunFolder, log: RunLog, verbose: int
) -> RunResult:
    train, _, test = used
    if not prepared.config.report:
        accuracy = prepared.classifier.evaluate(test, return_dict=True, verbose=0)["accuracy"]
        low = high = None
        photos = len(test)
    else:
        report = prepared.classifier.report(
            prepared.split[2],  # the report also lists unreadable photos
            training_data=train,
            command=f"transferleaf train --config {run.config}",
            verbose=verbose,
        )
        report.save(run.report)
        report.save_html(run.report.with_suffix(".html"))
        with written_whole(run.card) as file:
            file.write(report.to_markdown().encode("utf-8", errors="backslashreplace"))
        judged = report.sets[0]
        accuracy, low, high = judged.accuracy.value, judged.accuracy.low, judged.accuracy.high
        photos = judged.photos
    between = "" if low is None or high is None else f" ({percent(low)} to {percent(high)})"
    log.say(f"Accuracy {percent(accuracy)}{between} on {photos:,} test photos.")
    return RunResult(
        run=run,
        accuracy=float(accuracy),
        low=low,
        high=high,
        photos=len(train),
        test_photos=photos,
    )


def _write_history(path: Path, history: FitHistory) -> None:
    """Write the results of the solved head and of each epoch, one row each.

    Without gradient epochs, there is only the row of the head. Missing values are empty.
    """
    names = list(dict.fromkeys([*history.head, *history.history]))
    curves = [history.curve(name) for name in names]
    epochs = max(map(len, curves), default=0) - bool(history.head)
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["epoch", *names])
    steps = ["head"] * bool(history.head) + list(range(epochs))
    rows = zip_longest(*curves, fillvalue="")
    writer.writerows([step, *row] for step, row in zip(steps, rows, strict=False))
    with written_whole(path) as file:
        file.write(table.getvalue().encode())
    by_epoch = {
        name: curve[bool(history.head) :] for name, curve in zip(names, curves, strict=True)
    }
    save_values(path.with_suffix(".json"), {"head": history.head, "epochs": by_epoch})
