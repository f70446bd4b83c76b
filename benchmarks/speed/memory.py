"""Resident memory of this process, if the system reports it (Linux)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_STATUS = Path("/proc/self/status")


class PeakMemory:
    """Measures peak memory beyond that at its creation, when framework and model are loaded."""

    def __init__(self) -> None:
        # Writing 5 resets the peak to the current value; see proc(5).
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
        self._before = _kibibytes("VmRSS")

    def beyond(self) -> int | None:
        """Return the peak beyond the start in bytes, or ``None`` if unknown."""
        peak = _kibibytes("VmHWM")
        if peak is None or self._before is None:
            return None
        return (peak - self._before) * 1024


def _kibibytes(field: str) -> int | None:
    if not _STATUS.exists():
        return None
    for line in _STATUS.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0])
    return None
