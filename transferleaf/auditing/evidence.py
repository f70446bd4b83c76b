"""Features and predictions of a network for each photo, for checks of labels and outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from transferleaf.errors import ConfigError
from transferleaf.reports.background_swap import BackgroundSwap

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeatureEvidence:
    """Features and cross-validated predictions for the photos of a data set.

    There is one row per photo, in the order of the data set. The rows of unreadable photos are NaN.

    Attributes:
        features: Averaged outputs of a pretrained network, shape ``(n_photos, n_features)``.
        probabilities: Class probabilities of a model trained on other leaves, shape
            ``(n_photos, n_classes)``; rows sum to 1.
        backbone: Name of the network.
        widths: Number of features of each stage, from the first to the last. Empty for one stage.
        swap: The accuracy of such a model on photos as they are and on other backgrounds, if nearly
            all photos show a leaf on a plain background.

    Raises:
        ConfigError: The arrays do not fit together, or have invalid numbers.

    >>> evidence = FeatureEvidence(
    ...     features=np.zeros((2, 3)), probabilities=np.full((2, 2), 0.5), backbone="none"
    ... )
    >>> evidence.read.tolist()
    [True, True]
    """

    features: Floats
    probabilities: Floats
    backbone: str
    widths: tuple[int, ...] = ()
    swap: BackgroundSwap | None = None

    def __post_init__(self) -> None:
        for name in ("features", "probabilities"):
            given = np.asarray(getattr(self, name))
            if given.ndim != 2 or given.dtype.kind != "f":
                must = "be real numbers of shape (n_photos, width)"
                raise ConfigError(name, f"{given.dtype} of shape {given.shape}", must)
            values = given.astype(np.float32)
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        _check_rows(self.features, self.probabilities)
        if self.widths and sum(self.widths) != self.features.shape[1]:
            must = f"add up to the {self.features.shape[1]} features"
            raise ConfigError("widths", self.widths, must)

    def __len__(self) -> int:
        return len(self.features)

    @property
    def read(self) -> npt.NDArray[np.bool_]:
        """Whether each photo was readable, shape ``(n_photos,)``."""
        read: npt.NDArray[np.bool_] = ~np.isnan(self.probabilities[:, 0])
        return read

    def stages(self) -> tuple[Floats, ...]:
        """Return the features of each stage, shape ``(n_photos, width)``, from low to high."""
        ends = np.cumsum(self.widths)[:-1]
        return tuple(np.split(self.features, ends, axis=1)) if self.widths else (self.features,)

    def check_fits(self, photos: int, classes: int) -> None:
        """Raise if there is not one row per photo and one column per class.

        Raises:
            ConfigError: The evidence is of another data set.
        """
        if self.probabilities.shape != (photos, classes):
            rows, columns = self.probabilities.shape
            found = f"of {rows} photos and {columns} classes"
            must = f"be made from this data set of {photos} photos and {classes} classes"
            raise ConfigError("evidence", found, must)


def _check_rows(features: Floats, probabilities: Floats) -> None:
    if len(features) != len(probabilities):
        must = f"have a row for each of {len(features)} rows of features"
        raise ConfigError("probabilities", f"{len(probabilities)} rows", must)
    if 0 in probabilities.shape:
        must = "have at least one row and one column"
        raise ConfigError("probabilities", f"shape {probabilities.shape}", must)
    unread = np.isnan(probabilities).all(axis=1)
    if not np.isfinite(features[~unread]).all():
        raise ConfigError("features", "NaN or infinite", "be finite, but for photos without any")
    sums = probabilities[~unread].sum(axis=1)
    if (probabilities < 0).any() or not np.allclose(sums, 1, atol=1e-3):
        must = "be at least 0 and sum to 1 a photo"
        raise ConfigError("probabilities", _worst(sums), must)


def _worst(sums: npt.NDArray[Any]) -> str:
    return f"rows with sums of {sums.min():.3g} to {sums.max():.3g}"
