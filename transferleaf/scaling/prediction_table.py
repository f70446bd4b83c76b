"""Predictions as a table: one row for each photo, the same bytes for the same answers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from transferleaf.predictions import LeafPrediction
from transferleaf.scaling.extras import need

_WHY = "writing and reading Parquet"


def to_parquet(names: Sequence[str], found: Sequence[LeafPrediction]) -> bytes:
    """Write predictions as a Parquet file.

    Args:
        names: What the photos are called, for the column ``path``.
        found: What is said of each.
    """
    parquet = need("pyarrow.parquet", package="pyarrow", why=_WHY)
    pa = need("pyarrow", package="pyarrow", why=_WHY)
    rows = [_row(name, each) for name, each in zip(names, found, strict=True)]
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema=_schema(pa)), file, compression="zstd")
    return file.getvalue()


def count_errors(file: bytes) -> int:
    """How many photos of a Parquet file have no answer."""
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
        # Parquet holds Unicode only, and a name on a disk may be anything.
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
