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
    ├── ReviewError
    │   ├── ReviewFolderError (ValueError)
    │   ├── ReviewWriteError (OSError)
    │   └── DecisionError (ValueError)
    │       └── DecisionConflictError
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

from transferleaf.errors.backbones import (
    BackboneContractError,
    BackboneError,
    BackbonePluginError,
    BackboneStructureError,
    DuplicateBackboneError,
    PretrainedWeightsError,
    UnknownBackboneError,
    WeightsFileError,
    WeightsMismatchError,
    WeightsNotFoundError,
)
from transferleaf.errors.base import (
    TransferLeafError,
)
from transferleaf.errors.calls import (
    ConfigError,
    ForkedProcessError,
    Found,
    MissingExtraError,
    UnknownOptionError,
)
from transferleaf.errors.data import (
    AuditFileError,
    BadPhotosError,
    ClassMismatchError,
    DataError,
    EmptyClassError,
    FolderLayoutError,
    LayoutContractError,
    LeafDatasetError,
    LeafMapError,
    LoneLeafError,
    LostClassesError,
    ManifestError,
    PhotoError,
    ReportFileError,
    SplitError,
    TableError,
)
from transferleaf.errors.files import (
    AdviceFileError,
    ExportError,
    ExportFailedError,
    ExportMismatchError,
    ExportTargetError,
    ModelFileError,
    UntrustedModelError,
)
from transferleaf.errors.reviews import (
    DecisionConflictError,
    DecisionError,
    ReviewError,
    ReviewFolderError,
    ReviewWriteError,
)
from transferleaf.errors.runs import (
    BulkError,
    BulkFolderError,
    BulkRunError,
    RunConfigError,
    RunError,
    RunFolderError,
)
from transferleaf.errors.training import (
    DamagedCacheFileError,
    DivergedError,
    FeatureStoreError,
    FrozenWeightsMovedError,
    MissingFeaturesError,
    NotFiniteError,
    NotTrainedError,
    PlanMismatchError,
    ResumeError,
    ResumeMismatchError,
    ResumeWriteError,
    TrainingError,
)

# In the order of the tree, which the reference uses too.
__all__ = [  # noqa: RUF022
    "TransferLeafError",
    "BackboneError",
    "UnknownBackboneError",
    "DuplicateBackboneError",
    "BackbonePluginError",
    "BackboneStructureError",
    "BackboneContractError",
    "WeightsNotFoundError",
    "PretrainedWeightsError",
    "WeightsFileError",
    "WeightsMismatchError",
    "DataError",
    "FolderLayoutError",
    "LayoutContractError",
    "PhotoError",
    "BadPhotosError",
    "LostClassesError",
    "LeafDatasetError",
    "LeafMapError",
    "ManifestError",
    "TableError",
    "AuditFileError",
    "ReportFileError",
    "SplitError",
    "LoneLeafError",
    "EmptyClassError",
    "ClassMismatchError",
    "ConfigError",
    "UnknownOptionError",
    "AdviceFileError",
    "ExportError",
    "ExportFailedError",
    "ExportMismatchError",
    "ExportTargetError",
    "BulkError",
    "BulkRunError",
    "BulkFolderError",
    "MissingExtraError",
    "ForkedProcessError",
    "ModelFileError",
    "UntrustedModelError",
    "RunError",
    "RunConfigError",
    "RunFolderError",
    "ReviewError",
    "ReviewFolderError",
    "ReviewWriteError",
    "DecisionError",
    "DecisionConflictError",
    "TrainingError",
    "PlanMismatchError",
    "FeatureStoreError",
    "MissingFeaturesError",
    "DamagedCacheFileError",
    "FrozenWeightsMovedError",
    "NotTrainedError",
    "NotFiniteError",
    "DivergedError",
    "ResumeError",
    "ResumeWriteError",
    "ResumeMismatchError",
    "Found",
]

# Tracebacks and pickled errors name the module from which users import.
for _name in __all__:
    globals()[_name].__module__ = __name__
