"""A description of the machine, with the properties that affect speed."""

from __future__ import annotations

import os
import platform
from pathlib import Path

# Instruction sets for matrix products, as in /proc/cpuinfo.
_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd", "sve")


def describe_machine() -> str:
    """Return the available cores, their model, memory, system and Python version."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = _cpu_facts()
    kind = facts.get("model name") or platform.processor() or platform.machine()
    flags = facts.get("flags", facts.get("Features", "")).split()
    known = ", ".join(flag for flag in _FLAGS if flag in flags)
    with_flags = f" ({known})" if known else ""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    noun = "core" if cores == 1 else "cores"
    return f"{cores} {noun} of {kind}{with_flags}, {_memory()}{system}"


def _cpu_facts() -> dict[str, str]:
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return {}
    first = path.read_text().split("\n\n")[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _memory() -> str:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return ""
    nbytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{nbytes / 2**30:.0f} GiB, "
