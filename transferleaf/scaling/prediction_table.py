"""Predictions as a Parquet table with one row per photo, in a reproducible form."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from transferleaf.predictions import LeafPrediction
from transferleaf.scaling.extras import need

_WHY = "writing and reading Parquet"


def to_parquet(names: Sequence[str], found: Sequence[LeafPrediction]) -> bytes:
    """Return predictions as a Parquet file.

    Args:
        names: Names of the photos, for the column ``path``.
        found: The predictions.
    """
    parquet = need("pyarrow.parquet", package="pyarrow", why=_WHY)
    pa = need("pyarrow", package="pyarrow", why=_WHY)
    rows = [_row(name, each) for name, each in zip(names, found, strict=True)]
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema=_schema(pa)), file, compression="zstd")
    return file.getvalue()


def count_errors(file: bytes) -> int:
    """Return the number of photos in a Parquet file without a prediction."""
    parquet = need("pyarrow.parquet", package="pyarrow", why=_WHY)
    column = parquet.read_table(io.BytesIO(file), columns=["error"])["error"]
    return len(column) - int(column.null_count)


def _schema(pa: Any) -> Any:
    top = pa.list_(pa.struct([("label", pa.string()), ("probability", pa.float64())]))
    return pa.schema(
        [
            pa.field("path", pa.string(), nullable=False),
            ("label", pa.string()),
            ("probability", pa.float64()),
            ("verdict", pa.string()),
            ("crop", pa.string()),
            ("disease", pa.string()),
            ("healthy", pa.bool_()),
            ("top", top),
            ("error", pa.string()),
        ]
    )


def _row(name: str, found: LeafPrediction) -> dict[str, object]:
    top = [{"label": label, "probability": share} for label, share in found.top]
    return {
        # Parquet requires valid Unicode, but file names can contain any bytes.
        "path": name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
        "label": found.label,
        "probability": None if found.label is None else found.probability,
        "verdict": found.verdict,
        "crop": found.crop,
        "disease": found.disease,
        "healthy": found.healthy,
        "top": top,
        "error": found.error,
    }
