"""The errors of transferleaf::

    TransferLeafError
    ├── BackboneError
    │   ├── UnknownBackboneError (ValueError)
    │   ├── DuplicateBackboneError (ValueError)
    │   ├── BackbonePluginError (ImportError)
    │   ├── BackboneStructureError (ValueError)
    │   ├── BackboneContractError (AssertionError)
    │   ├── WeightsNotFoundError (FileNotFoundError)
    │   ├── PretrainedWeightsError (RuntimeError)
    │   ├── WeightsFileError (ValueError)
    │   └── WeightsMismatchError (ValueError)
    ├── DataError
    │   ├── FolderLayoutError (ValueError)
    │   ├── LayoutContractError (AssertionError)
    │   ├── PhotoError (ValueError)
    │   ├── BadPhotosError (ValueError)
    │   ├── LostClassesError (ValueError)
    │   ├── LeafDatasetError (ValueError)
    │   ├── LeafMapError (ValueError)
    │   ├── ManifestError (ValueError)
    │   ├── TableError (ValueError)
    │   ├── AuditFileError (ValueError)
    │   ├── ReportFileError (ValueError)
    │   ├── SplitError (ValueError)
    │   ├── LoneLeafError (ValueError)
    │   ├── EmptyClassError (ValueError)
    │   └── ClassMismatchError (ValueError)
    ├── ConfigError (ValueError)
    ├── UnknownOptionError (TypeError)
    ├── AdviceFileError (ValueError)
    ├── ExportError
    │   ├── ExportFailedError (RuntimeError)
    │   ├── ExportMismatchError (RuntimeError)
    │   └── ExportTargetError (FileExistsError)
    ├── BulkError
    │   ├── BulkRunError (RuntimeError)
    │   └── BulkFolderError (ValueError)
    ├── MissingExtraError (ImportError)
    ├── ForkedProcessError (RuntimeError)
    ├── ModelFileError (ValueError)
    │   └── UntrustedModelError
    ├── RunError
    │   ├── RunConfigError (ValueError)
    │   └── RunFolderError (ValueError)
    └── TrainingError
        ├── PlanMismatchError (RuntimeError)
        ├── FeatureStoreError (OSError)
        ├── MissingFeaturesError (LookupError)
        ├── DamagedCacheFileError (ValueError)
        ├── FrozenWeightsMovedError (RuntimeError)
        ├── NotTrainedError (RuntimeError)
        ├── NotFiniteError (FloatingPointError)
        ├── DivergedError (FloatingPointError)
        ├── ResumeError (RuntimeError)
        ├── ResumeWriteError (OSError)
        └── ResumeMismatchError (ValueError)

The values in the message of an error are also its attributes.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class TransferLeafError(Exception):
    """Base class of all errors of transferleaf."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Python would call the class with the message alone, and an error of a worker process
        # would break its pool instead of arriving.
        return _with_facts, (type(self), self.args, self.__dict__)


def _with_facts(
    kind: type[TransferLeafError], args: tuple[Any, ...], facts: dict[str, Any]
) -> TransferLeafError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(facts)
    return error


class Found(str):
    """A description of a value that is too large to show."""

    __slots__ = ()


class ConfigError(TransferLeafError, ValueError):
    """An argument or option has an invalid value."""

    def __init__(self, option: str, value: object, must: str) -> None:
        self.option = option
        self.value = value
        self.must = must
        told = f"{option} ({value})" if isinstance(value, Found) else f"{option}={value!r}"
        super().__init__(f"{told} must {must}.")

    def of_the_command_line(self, word: str) -> str:
        """The message for whoever gave the value as ``word``, such as ``--image-size``."""
        return f"{word} {self.value} must {self.must}."


class UnknownOptionError(TransferLeafError, TypeError):
    """A method got an argument that it does not have."""

    def __init__(self, method: str, option: str, *, instead: str | None) -> None:
        self.method = method
        self.option = option
        self.instead = instead
        told = "" if instead is None else f": {instead}"
        super().__init__(f"{method}() does not take {option!r}{told}.")


class AdviceFileError(TransferLeafError, ValueError):
    """A file does not contain the JSON of an advice."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name a file that Advice.save wrote, or run the advice again."
        )


class MissingExtraError(TransferLeafError, ImportError):
    """A package is missing that an extra of transferleaf installs."""

    def __init__(self, package: str, *, extra: str, why: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(
            f"{why} needs the package {package!r}, which is not installed; "
            f'pip install "transferleaf[{extra}]" installs it.'
        )


class ForkedProcessError(TransferLeafError, RuntimeError):
    """TensorFlow does not work in this process, because it was forked."""

    def __init__(self, parent: int) -> None:
        self.parent = parent
        super().__init__(
            f"this process was forked from process {parent}, in which a network had run: "
            "TensorFlow would wait here for ever for threads that a fork does not copy. Start it "
            'with multiprocessing.get_context("spawn"), and load the classifier in it.'
        )


# Not FileNotFoundError or the like: whoever loads a model wants one thing to catch.
class ModelFileError(TransferLeafError, ValueError):
    """A file cannot be loaded as a classifier. No code from it was run."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{str(path)!r} cannot be loaded as a classifier: {reason}")


class UntrustedModelError(ModelFileError):
    """A file could run arbitrary operations, and ``trust=True`` was not set."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            "a SavedModel can run any operation, such as reading and writing files, and this one "
            "was not exported on this machine, or was changed afterwards. If you trust its source, "
            "use trust=True or --trust. A .keras, LiteRT, ONNX or OpenVINO file needs no trust: "
            "it can only compute.",
        )


# Bulk work


class BulkError(TransferLeafError):
    """Processing a large data set in parts failed."""


class BulkRunError(BulkError, RuntimeError):
    """Ray failed. Finished parts are kept."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"Ray failed ({reason}); what is finished is kept, and the same call continues from "
            "there."
        )


class BulkFolderError(BulkError, ValueError):
    """A folder cannot be used for predictions in parts."""

    def __init__(self, folder: str, found: str, expected: str) -> None:
        self.folder = folder
        self.found = found
        super().__init__(f"{folder!r} {found}; {expected}")


# Backbones


class BackboneError(TransferLeafError):
    """A backbone or its weights have a problem."""


# ValueError, not KeyError: KeyError prints its message inside quotes.
class UnknownBackboneError(BackboneError, ValueError):
    """No registered backbone has this name."""

    def __init__(self, name: str, *, available: Sequence[str]) -> None:
        self.name = name
        self.available = tuple(available)
        close = difflib.get_close_matches(name, available, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"choose one of {list(available)}."
        super().__init__(f"no backbone is called {name!r}; {hint}")


class DuplicateBackboneError(BackboneError, ValueError):
    """A backbone with this name is already registered."""

    def __init__(self, name: str, *, distributions: Sequence[str] = ()) -> None:
        self.name = name
        self.distributions = tuple(distributions)
        super().__init__(
            f"the installed distributions {list(distributions)} all announce a backbone called "
            f"{name!r}; uninstall all but one."
            if distributions
            else f"a backbone called {name!r} is registered already; give yours another name."
        )


class BackbonePluginError(BackboneError, ImportError):
    """A backbone plugin cannot be loaded."""

    def __init__(self, name: str, *, entry_point: str, distribution: str, reason: str) -> None:
        self.backbone = name
        self.entry_point = entry_point
        self.distribution = distribution
        super().__init__(
            f"the backbone {name!r} comes from the entry point {entry_point!r} of the installed "
            f"distribution {distribution!r}, which failed: {reason}. "
            f"Update or uninstall {distribution!r}."
        )


class BackboneStructureError(BackboneError, ValueError):
    """A network cannot be divided into the given stages."""

    def __init__(self, backbone: str, reason: str) -> None:
        self.backbone = backbone
        super().__init__(f"the network {backbone!r} cannot be used as a backbone: {reason}")


class BackboneContractError(BackboneError, AssertionError):
    """A backbone failed a check of ``check_backbone``."""

    def __init__(self, backbone: str, check: str, reason: str) -> None:
        self.backbone = backbone
        self.check = check
        super().__init__(f"{backbone!r} fails the check {check!r}: {reason}")


class WeightsNotFoundError(BackboneError, FileNotFoundError):
    """A weights file does not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"the weights file {str(path)!r} does not exist; name a .weights.h5, .h5 or .keras "
            'file, "imagenet" for the pretrained weights, or none for random values.'
        )


class PretrainedWeightsError(BackboneError, RuntimeError):
    """The pretrained weights are not available."""

    def __init__(
        self,
        backbone: str,
        *,
        source: str,
        reason: str,
        remedy: str = "Connect to the network once, or name a downloaded file as weights",
    ) -> None:
        self.backbone = backbone
        self.source = source
        self.reason = reason
        super().__init__(
            f"the pretrained weights of {backbone!r} are not available from {source} ({reason}). "
            f"{remedy}; {_weights_without_a_network(backbone)}"
        )


def _weights_without_a_network(backbone: str) -> str:
    random = "to train from random values, ask for no weights; that is a different experiment."
    if backbone == "efficientnet_lite0":
        return random
    return (
        "the backbone 'efficientnet_lite0' is installed with its ImageNet weights and works "
        "offline; " + random
    )


class WeightsFileError(BackboneError, ValueError):
    """A weights file is damaged or has another format than its name says."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{str(path)!r} cannot be read as a weights file: {reason}. "
            "Nothing was loaded; get the file again or name another one."
        )


class WeightsMismatchError(BackboneError, ValueError):
    """A weights file does not fit the network."""

    def __init__(self, path: Path, backbone: str, detail: str) -> None:
        self.path = path
        self.backbone = backbone
        super().__init__(f"the weights in {str(path)!r} do not fit {backbone!r}: {detail}")


# Data


class DataError(TransferLeafError):
    """Photos, labels or folders have a problem."""


class FolderLayoutError(DataError, ValueError):
    """A folder does not have the expected layout."""

    def __init__(self, root: Path, found: str, expected: str) -> None:
        self.root = root
        self.found = found
        self.expected = expected
        super().__init__(f"{str(root)!r} {found}; {expected}")


class LayoutContractError(DataError, AssertionError):
    """A layout failed a check of ``check_layout``."""

    def __init__(self, layout: str, check: str, reason: str) -> None:
        self.layout = layout
        self.check = check
        super().__init__(f"the layout {layout!r} fails the check {check!r}: {reason}")


class PhotoError(DataError, ValueError):
    """A file cannot be read as a photo."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{str(path)!r} cannot be read as a photo: {reason}")


class BadPhotosError(DataError, ValueError):
    """Several files cannot be read as photos. The message lists them."""

    def __init__(
        self,
        errors: Sequence[PhotoError],
        *,
        photos: int,
        remedy: str = "Repair these files or take them out.",
    ) -> None:
        self.errors = tuple(errors)
        self.photos = photos
        shown = [f"  {str(error.path)!r}: {error.reason}" for error in self.errors[:10]]
        more = len(self.errors) - len(shown)
        shown += [f"  and {more:,} more"] if more else []
        told = f"{len(self.errors):,} of {photos:,} photos cannot be read:"
        super().__init__("\n".join([told, *shown, remedy]))


class LostClassesError(DataError, ValueError):
    """Classes have no photos left without the unreadable ones."""

    def __init__(self, what: str, classes: Sequence[str], *, errors: Sequence[PhotoError]) -> None:
        self.what = what
        self.classes = tuple(classes)
        self.errors = tuple(errors)
        example = f"{str(self.errors[0].path)!r}: {self.errors[0].reason}"
        super().__init__(
            f"without the {len(self.errors):,} photos that cannot be read, the {what} photos show "
            f"none of {list(self.classes)} (the first of them is {example}). "
            "Repair or replace some of them, or leave these classes out."
        )


class LeafDatasetError(DataError, ValueError):
    """The attributes of a leaf data set do not fit together."""

    def __init__(self, part: str, found: str, expected: str) -> None:
        self.part = part
        self.found = found
        super().__init__(f"a LeafDataset cannot have {part} that {found}; {expected}.")


class LeafMapError(DataError, ValueError):
    """A map of leaf ids does not fit the photos."""

    def __init__(
        self, source: str, found: str, expected: str, *, photos: Sequence[str] = ()
    ) -> None:
        self.source = source
        self.found = found
        self.photos = tuple(photos)
        super().__init__(f"the leaf map {source} {found}; {expected}")


class ManifestError(DataError, ValueError):
    """A manifest cannot be written or read, or does not match the photos."""

    def __init__(
        self,
        path: Path,
        found: str,
        expected: str,
        *,
        missing: Sequence[str] = (),
        changed: Sequence[str] = (),
    ) -> None:
        self.path = path
        self.found = found
        self.missing = tuple(missing)
        self.changed = tuple(changed)
        super().__init__(f"the manifest {str(path)!r} {found}; {expected}")


class TableError(DataError, ValueError):
    """A table of photos and classes cannot be used."""

    def __init__(
        self, path: Path, found: str, expected: str, *, photos: Sequence[str] = ()
    ) -> None:
        self.path = path
        self.found = found
        self.expected = expected
        self.photos = tuple(photos)
        super().__init__(f"the table {str(path)!r} {found}; {expected}")


class SplitError(DataError, ValueError):
    """The photos cannot be split in this way."""

    def __init__(self, parts: int, *, leaves: Mapping[str, int]) -> None:
        self.parts = parts
        self.leaves = dict(leaves)
        few = ", ".join(f"{name!r} has {count}" for name, count in self.leaves.items())
        super().__init__(
            f"each of {parts} parts needs a leaf of every class, but {few} "
            "(a photo without a leaf id counts as one leaf; a leaf stays in one part). "
            "Add photos of other leaves, drop these classes, or split into fewer parts."
        )


class LoneLeafError(DataError, ValueError):
    """Classes have only one leaf, so their accuracy on other leaves cannot be measured."""

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        super().__init__(
            f"advice needs leaves that were not used for training, and {list(self.classes)} "
            "have photos of one leaf each (a photo without a leaf id counts as one leaf). Add "
            "photos of other leaves, or leave these classes out; a fit with a policy of your own, "
            "such as FreezePolicy.freeze_base(), needs no second leaf.",
        )


class EmptyClassError(DataError, ValueError):
    """A class has no photos but needs at least one."""

    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = tuple(int(count) for count in counts)
        self.empty = tuple(index for index, count in enumerate(self.counts) if count < 1)
        super().__init__(
            f"the classes at positions {list(self.empty)} of {len(self.counts)} have no photos; "
            "add photos of them, or leave these classes out."
        )


class AuditFileError(DataError, ValueError):
    """A file does not contain the JSON of an audit."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name a file that Audit.save wrote, or audit the photos again."
        )


class ReportFileError(DataError, ValueError):
    """A file does not contain the JSON of a report."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name a file that Report.save wrote, or create a report."
        )


class ClassMismatchError(DataError, ValueError):
    """A data set has other classes than the classifier."""

    def __init__(
        self,
        what: str,
        *,
        missing: Sequence[str],
        unknown: Sequence[str],
        than: str = "the classifier",
        some_in_common: bool = True,
    ) -> None:
        self.missing = tuple(missing)
        self.unknown = tuple(unknown)
        told = f"the classes of {what} differ from {than}'s: "
        if some_in_common:
            told += f"missing {_first_names(missing, 10)}, unknown {_first_names(unknown, 10)}"
        else:
            told += f"none is in common ({_first_names(unknown, 3)} and {_first_names(missing, 3)})"
        super().__init__(f"{told}; {_for_classes(than, unknown, some_in_common)}")


def _first_names(names: Sequence[str], limit: int) -> str:
    shown = ", ".join(map(repr, names[:limit]))
    more = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return f"[{shown}{more}]"


def _for_classes(than: str, unknown: Sequence[str], some_in_common: bool) -> str:
    """Say what brings classes together."""
    if than != "the classifier":
        return "give both the same classes; relabel() renames them or leaves them out."
    if not some_in_common:
        return (
            "match_classes(), or --label-map auto on the command line, proposes which of them mean "
            "the same."
        )
    if unknown:
        return "relabel(data, label_map) renames classes or leaves them out."
    return (
        "relabel(data, {name: name for name in data.classes}, classes=classifier.classes) takes "
        "a data set that lacks some."
    )


# Training


class TrainingError(TransferLeafError):
    """Training failed or did not follow the plan."""


class PlanMismatchError(TrainingError, RuntimeError):
    """The trainable weights are not those of the plan."""

    def __init__(self, phase: str, *, unplanned: Sequence[str], missing: Sequence[str]) -> None:
        self.phase = phase
        self.unplanned = tuple(unplanned)
        self.missing = tuple(missing)
        super().__init__(
            f"phase {phase!r} would train weights that its plan does not name {list(unplanned)} "
            f"or not train those it names {list(missing)}; nothing was trained."
        )


class FrozenWeightsMovedError(TrainingError, RuntimeError):
    """Frozen weights changed during training."""

    def __init__(self, phase: str, moved: Sequence[str]) -> None:
        self.phase = phase
        self.moved = tuple(moved)
        shown = ", ".join(self.moved[:5]) + (" ..." if len(self.moved) > 5 else "")
        super().__init__(
            f"phase {phase!r} changed {len(self.moved)} weights that its plan froze: {shown}. "
            "A callback or a custom layer writes to them; the plan does not describe this model."
        )


class NotTrainedError(TrainingError, RuntimeError):
    """The classifier is not trained."""

    def __init__(self, asked_for: str) -> None:
        self.asked_for = asked_for
        super().__init__(
            f"this classifier is not trained, so {asked_for} would be based on random weights; "
            "call fit(...) first, or load a trained one with load_classifier."
        )


class NotFiniteError(TrainingError, FloatingPointError):
    """A network returned infinite values or NaN."""

    def __init__(self, what: str, *, photos: int, of: int) -> None:
        self.what = what
        self.photos = photos
        super().__init__(
            f"the {what} for {photos} of {of} photos are infinite or NaN: weights of the "
            "network are, or values overflowed its data type. Load its weights again, or build it "
            'in float32: keras.config.set_dtype_policy("float32").'
        )


class DivergedError(TrainingError, FloatingPointError):
    """The loss or the weights became infinite or NaN in the first epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        super().__init__(
            f"training diverged in gradient epoch {epoch}: its loss or its weights are infinite "
            "or NaN. The earlier weights are restored. Use a lower learning rate."
        )


class FeatureStoreError(TrainingError, OSError):
    """Features cannot be written to the feature store."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(
            f"features cannot be stored in {str(folder)!r} ({reason}). What was stored before is "
            "kept; free disk space there, or set another folder in the environment variable "
            "TRANSFERLEAF_CACHE."
        )


# LookupError, not KeyError: KeyError prints its message inside quotes.
class MissingFeaturesError(TrainingError, LookupError):
    """The feature store does not contain the requested features."""

    def __init__(self, folder: Path, *, missing: int, asked: int) -> None:
        self.folder = folder
        self.missing = missing
        self.asked = asked
        super().__init__(
            f"{missing} of {asked} rows are not stored in {str(folder)!r}; "
            "compute those that missing() names and add them first."
        )


class DamagedCacheFileError(TrainingError, ValueError):
    """A file of the cache is damaged or of another kind."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"the cache file {str(path)!r} cannot be used: {reason}")


class ResumeError(TrainingError, RuntimeError):
    """The state of an interrupted training cannot be read or written."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file = file
        super().__init__(
            f"the training state {str(file)!r} cannot be used: {reason}. "
            "Name another folder in resume=, or remove the file to start again."
        )


class ResumeWriteError(TrainingError, OSError):
    """The state of a training cannot be saved. The earlier state is kept."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(
            f"the training state {str(file)!r} cannot be written ({reason}). That of the last "
            "complete epoch is kept: free disk space there, and the same call continues from it."
        )


class ResumeMismatchError(TrainingError, ValueError):
    """The state in a folder is from another training."""

    def __init__(self, file: Path, differing: Sequence[str]) -> None:
        self.file = file
        self.differing = tuple(differing)
        super().__init__(
            f"the training state {str(file)!r} belongs to a fit that differs in "
            f"{', '.join(self.differing)}; give each fit a folder of its own to resume from."
        )


# Runs


class RunError(TransferLeafError):
    """A training run cannot be started or used."""


class RunConfigError(RunError, ValueError):
    """A file is not a valid configuration of a run."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name the config.toml of a run, or write one like it."
        )


class RunFolderError(RunError, ValueError):
    """A folder is not a run folder, or its run is not finished."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        self.path = path
        self.found = found
        super().__init__(f"{str(path)!r} {found}; {expected}.")


# Exported files


class ExportError(TransferLeafError):
    """A classifier was not exported. No file was left."""


class ExportFailedError(ExportError, RuntimeError):
    """The converter does not support this classifier."""

    def __init__(self, format: str, error: Exception) -> None:
        self.format = format
        self.error = error
        reason = str(error).strip().partition("\n")[0][:300] or type(error).__name__
        super().__init__(
            f"the classifier cannot be exported as {format!r}: its converter failed with "
            f"{type(error).__name__} ({reason}). Nothing was written; try another format."
        )


class ExportMismatchError(ExportError, RuntimeError):
    """The predictions of the exported file differ from those of the classifier. It was deleted."""

    def __init__(
        self,
        format: str,
        *,
        quantization: str | None,
        photos: int,
        max_difference: float,
        same_label: float,
    ) -> None:
        self.format = format
        self.quantization = quantization
        self.photos = photos
        self.max_difference = max_difference
        self.same_label = same_label
        bar = "at most 1e-4 is allowed" if quantization is None else "at least 99 % has to agree"
        super().__init__(
            f"the {format!r} file ({quantization or 'float32'}) differs from predict on "
            f"{photos:,} photos: a probability by up to {max_difference:.2g}, the same label on "
            f"{same_label:.1%}; {bar}. The file was removed; "
            f"try another format{'' if quantization is None else ', or float32'}."
        )


class ExportTargetError(ExportError, FileExistsError):
    """The target of an export exists."""

    def __init__(self, path: Path, *, replaceable: bool) -> None:
        self.path = path
        self.replaceable = replaceable
        super().__init__(
            f"{str(path)!r} exists; name another path, or ask to replace it (overwrite=True, "
            "--overwrite)."
            if replaceable
            else f"{str(path)!r} exists and is no export of transferleaf in this format; "
            "name another path, or remove it."
        )
