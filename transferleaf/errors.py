"""Every error that transferleaf raises on purpose::

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

Each class builds its message from facts and keeps those facts as attributes.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class TransferLeafError(Exception):
    """Root of every error that transferleaf raises on purpose."""

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
    """What was found in a value that is too large to be shown; told as it is, without quotes."""

    __slots__ = ()


class ConfigError(TransferLeafError, ValueError):
    """An option has a value that cannot work."""

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
    """A method was given an argument that it does not take."""

    def __init__(self, method: str, option: str, *, instead: str | None) -> None:
        self.method = method
        self.option = option
        self.instead = instead
        told = "" if instead is None else f": {instead}"
        super().__init__(f"{method}() does not take {option!r}{told}.")


class AdviceFileError(TransferLeafError, ValueError):
    """A file is not the JSON of an advice."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name a file that Advice.save wrote, or ask for advice anew."
        )


class MissingExtraError(TransferLeafError, ImportError):
    """A package is needed that only an extra of transferleaf installs."""

    def __init__(self, package: str, *, extra: str, why: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(
            f"{why} needs the package {package!r}, which is not installed; "
            f'pip install "transferleaf[{extra}]" brings it.'
        )


class ForkedProcessError(TransferLeafError, RuntimeError):
    """A network was to run in a process that cannot run one."""

    def __init__(self, parent: int) -> None:
        self.parent = parent
        super().__init__(
            f"this process was forked from process {parent}, in which a network had run: "
            "TensorFlow would wait here for ever for threads that a fork does not copy. Start it "
            'with multiprocessing.get_context("spawn"), and load the classifier in it.'
        )


# Not FileNotFoundError or the like: whoever loads a model wants one thing to catch.
class ModelFileError(TransferLeafError, ValueError):
    """A file does not hold a classifier that may be loaded; nothing of it was run."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{str(path)!r} cannot be loaded as a classifier: {reason}")


class UntrustedModelError(ModelFileError):
    """A file could do more than compute, and nobody said that its maker is trusted."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            "a SavedModel runs what it carries, such as reading and writing files, and this one "
            "was not exported on this machine, or was changed since. If you trust whoever made it, "
            "say so (trust=True, --trust). A .keras, LiteRT, ONNX or OpenVINO file needs no trust: "
            "it can only compute.",
        )


# Bulk work


class BulkError(TransferLeafError):
    """Work on very many photos, part by part, cannot begin or go on."""


class BulkRunError(BulkError, RuntimeError):
    """Ray gave up; the parts that are finished are kept."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"Ray gave up ({reason}); what is finished is kept, and the same call goes on from "
            "there."
        )


class BulkFolderError(BulkError, ValueError):
    """A folder is not what a call could write to or read predictions from."""

    def __init__(self, folder: str, found: str, expected: str) -> None:
        self.folder = folder
        self.found = found
        super().__init__(f"{folder!r} {found}; {expected}")


# Backbones


class BackboneError(TransferLeafError):
    """Something is wrong with a backbone or its weights."""


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
    """A backbone of this name is registered already."""

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
    """An installed plugin announced a backbone and failed to deliver it."""

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
    """A network cannot be cut into the stages that were asked for."""

    def __init__(self, backbone: str, reason: str) -> None:
        self.backbone = backbone
        super().__init__(f"the network {backbone!r} cannot be used as a backbone: {reason}")


class BackboneContractError(BackboneError, AssertionError):
    """A backbone failed one of the named checks of ``check_backbone``."""

    def __init__(self, backbone: str, check: str, reason: str) -> None:
        self.backbone = backbone
        self.check = check
        super().__init__(f"{backbone!r} fails the check {check!r}: {reason}")


class WeightsNotFoundError(BackboneError, FileNotFoundError):
    """The file that was named as a source of weights does not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"the weights file {str(path)!r} does not exist; name a .weights.h5, .h5 or .keras "
            'file, "imagenet" for the pretrained weights, or none for random values.'
        )


class PretrainedWeightsError(BackboneError, RuntimeError):
    """Pretrained weights were asked for and cannot be had."""

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
            f"the pretrained weights of {backbone!r} could not be had from {source} ({reason}). "
            f"{remedy}; {_weights_without_a_network(backbone)}"
        )


def _weights_without_a_network(backbone: str) -> str:
    random = "to train from random values, ask for no weights; that is a different experiment."
    if backbone == "efficientnet_lite0":
        return random
    return (
        "the backbone 'efficientnet_lite0' carries its ImageNet weights and needs no network; "
        + random
    )


class WeightsFileError(BackboneError, ValueError):
    """A weights file is damaged, or not what its name promises."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{str(path)!r} cannot be read as a weights file: {reason}. "
            "Nothing was loaded; get the file again or name another one."
        )


class WeightsMismatchError(BackboneError, ValueError):
    """A weights file belongs to another network."""

    def __init__(self, path: Path, backbone: str, detail: str) -> None:
        self.path = path
        self.backbone = backbone
        super().__init__(f"the weights in {str(path)!r} do not fit {backbone!r}: {detail}")


# Data


class DataError(TransferLeafError):
    """Something is wrong with photos, labels or folders."""


class FolderLayoutError(DataError, ValueError):
    """A folder does not hold photos in the layout that was expected."""

    def __init__(self, root: Path, found: str, expected: str) -> None:
        self.root = root
        self.found = found
        self.expected = expected
        super().__init__(f"{str(root)!r} {found}; {expected}")


class LayoutContractError(DataError, AssertionError):
    """A layout failed one of the named checks of ``check_layout``."""

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
    """Several files cannot be read as photos; all of them are named at once."""

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
    """Without the photos that cannot be read, some classes have none."""

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
    """The parts that were given for a leaf data set do not fit together."""

    def __init__(self, part: str, found: str, expected: str) -> None:
        self.part = part
        self.found = found
        super().__init__(f"a LeafDataset cannot have {part} that {found}; {expected}.")


class LeafMapError(DataError, ValueError):
    """A table of leaf ids cannot be used with these photos."""

    def __init__(
        self, source: str, found: str, expected: str, *, photos: Sequence[str] = ()
    ) -> None:
        self.source = source
        self.found = found
        self.photos = tuple(photos)
        super().__init__(f"the leaf map {source} {found}; {expected}")


class ManifestError(DataError, ValueError):
    """A file that lists the photos of a data set cannot be written, read, or found true."""

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
    """The photos cannot be divided as asked."""

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
    """Classes show one leaf each, so that no other leaf can tell how well they are known."""

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        super().__init__(
            f"advice is judged on leaves that nothing was learnt from, and {list(self.classes)} "
            "have photos of one leaf each (a photo without a leaf id counts as one leaf). Add "
            "photos of other leaves, or leave these classes out; a fit with a policy of your own, "
            "such as FreezePolicy.freeze_base(), needs no second leaf.",
        )


class EmptyClassError(DataError, ValueError):
    """A class has no photos where each needs at least one."""

    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = tuple(int(count) for count in counts)
        self.empty = tuple(index for index, count in enumerate(self.counts) if count < 1)
        super().__init__(
            f"the classes at positions {list(self.empty)} of {len(self.counts)} have no photos; "
            "add photos of them, or leave these classes out."
        )


class AuditFileError(DataError, ValueError):
    """A file is not the JSON of an audit."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name a file that Audit.save wrote, or audit the photos anew."
        )


class ReportFileError(DataError, ValueError):
    """A file is not the JSON of a report."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name a file that Report.save wrote, or make the report anew."
        )


class ClassMismatchError(DataError, ValueError):
    """A data set's classes differ from those of the classifier."""

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
    """Training did not do what the plan says."""


class PlanMismatchError(TrainingError, RuntimeError):
    """The weights that would train are not those the plan names."""

    def __init__(self, phase: str, *, unplanned: Sequence[str], missing: Sequence[str]) -> None:
        self.phase = phase
        self.unplanned = tuple(unplanned)
        self.missing = tuple(missing)
        super().__init__(
            f"phase {phase!r} would train weights that its plan does not name {list(unplanned)} "
            f"or not train those it names {list(missing)}; nothing was trained."
        )


class FrozenWeightsMovedError(TrainingError, RuntimeError):
    """Weights that the plan froze have changed during training."""

    def __init__(self, phase: str, moved: Sequence[str]) -> None:
        self.phase = phase
        self.moved = tuple(moved)
        shown = ", ".join(self.moved[:5]) + (" ..." if len(self.moved) > 5 else "")
        super().__init__(
            f"phase {phase!r} changed {len(self.moved)} weights that its plan froze: {shown}. "
            "A callback or a custom layer writes to them; the plan does not describe this model."
        )


class NotTrainedError(TrainingError, RuntimeError):
    """A classifier was asked for something before it was trained."""

    def __init__(self, asked_for: str) -> None:
        self.asked_for = asked_for
        super().__init__(
            f"this classifier was never trained, so {asked_for} would tell of random weights; "
            "call fit(...) first, or load a trained one with load_classifier."
        )


class NotFiniteError(TrainingError, FloatingPointError):
    """A network gave values that are infinite or no numbers."""

    def __init__(self, what: str, *, photos: int, of: int) -> None:
        self.what = what
        self.photos = photos
        super().__init__(
            f"the {what} for {photos} of {of} photos are infinite or no numbers: weights of the "
            "network are, or values outgrew its number type. Load its weights again, or build it "
            'in float32: keras.config.set_dtype_policy("float32").'
        )


class DivergedError(TrainingError, FloatingPointError):
    """Gradient training led to weights or a loss that are no numbers, and to nothing else."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        super().__init__(
            f"training diverged in gradient epoch {epoch}: its loss or its weights are infinite "
            "or no numbers. The weights are those from before; lower the learning rate."
        )


class FeatureStoreError(TrainingError, OSError):
    """Features cannot be written to the store."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(
            f"features cannot be stored in {str(folder)!r} ({reason}). What was stored before is "
            "kept; make room there, or name another folder in the environment variable "
            "TRANSFERLEAF_CACHE."
        )


# LookupError, not KeyError: KeyError prints its message inside quotes.
class MissingFeaturesError(TrainingError, LookupError):
    """Features were asked for that are not in the store."""

    def __init__(self, folder: Path, *, missing: int, asked: int) -> None:
        self.folder = folder
        self.missing = missing
        self.asked = asked
        super().__init__(
            f"{missing} of {asked} rows are not stored in {str(folder)!r}; "
            "compute those that missing() names and add them first."
        )


class DamagedCacheFileError(TrainingError, ValueError):
    """A file of the cache is torn, or not of the kind that its name promises."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"the cache file {str(path)!r} cannot be used: {reason}")


class ResumeError(TrainingError, RuntimeError):
    """The state of an interrupted training cannot be read or written."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file = file
        super().__init__(
            f"the training state {str(file)!r} is of no use: {reason}. "
            "Name another folder in resume=, or remove the file to begin anew."
        )


class ResumeWriteError(TrainingError, OSError):
    """The state of a training cannot be kept; what was kept before is still there."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(
            f"the training state {str(file)!r} cannot be written ({reason}). That of the last "
            "epoch that could be is kept: make room there, and the same call goes on from it."
        )


class ResumeMismatchError(TrainingError, ValueError):
    """The state in a folder was left by a training of something else."""

    def __init__(self, file: Path, differing: Sequence[str]) -> None:
        self.file = file
        self.differing = tuple(differing)
        super().__init__(
            f"the training state {str(file)!r} belongs to a fit that differs in "
            f"{', '.join(self.differing)}; give each fit a folder of its own to resume from."
        )


# Runs


class RunError(TransferLeafError):
    """A training run cannot be begun, or used afterwards."""


class RunConfigError(RunError, ValueError):
    """A file does not describe a training run."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name the config.toml of a run, or write one like it."
        )


class RunFolderError(RunError, ValueError):
    """A folder is not that of a run, or of one that is not far enough."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        self.path = path
        self.found = found
        super().__init__(f"{str(path)!r} {found}; {expected}.")


# Exported files


class ExportError(TransferLeafError):
    """A classifier was not exported; no file was left."""


class ExportFailedError(ExportError, RuntimeError):
    """The converter to a format cannot take this classifier."""

    def __init__(self, format: str, error: Exception) -> None:
        self.format = format
        self.error = error
        reason = str(error).strip().partition("\n")[0][:300] or type(error).__name__
        super().__init__(
            f"the classifier cannot be exported as {format!r}: its converter failed with "
            f"{type(error).__name__} ({reason}). Nothing was written; try another format."
        )


class ExportMismatchError(ExportError, RuntimeError):
    """An exported file answered otherwise than the classifier, and was removed."""

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
    """Something is where the file would go."""

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
