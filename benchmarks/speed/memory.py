"""Resident memory of this process, where the system tells it (Linux)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_STATUS = Path("/proc/self/status")


class PeakMemory:
    """Watches the peak from its making, beyond what was resident then: the framework, the model."""

    def __init__(self) -> None:
        # 5 sets the peak back to what is resident now; see proc(5).
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
        self._before = _kibibytes("VmRSS")

    def beyond(self) -> int | None:
        """Bytes of the peak beyond the begin; memory-mapped pages count. ``None``: not told."""
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
