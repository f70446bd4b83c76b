"""A separate process that reads files: ``python -m tests.fuzz.reader BYTES``.

BYTES is the limit of its address space, beyond that after the imports. For each line of input, the
path of a file, it writes a line of JSON with the result, the time and the memory. For the line
"measure", it returns its current memory.
"""

from __future__ import annotations

import ctypes
import gc
import json
import resource
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path

from tests.fuzz.doors import check_arrays
from tests.fuzz.trees import check_tree
from transferleaf.datasets import open_leaves
from transferleaf.datasets.layouts.tables.files import TABLE_ENDINGS
from transferleaf.datasets.photos.decoding import check_photo, read_photo
from transferleaf.errors import ConfigError, DataError, ModelFileError, PhotoError


def read(path: Path) -> str:
    """Read a file in all ways. Returns ``"read"``, ``"refused"`` or a violation."""
    try:
        if path.suffix == ".keras":
            from transferleaf import load_classifier

            load_classifier(path)
            return "read"
        if path.suffix == ".tree":
            return check_tree(path)
        if path.suffix == ".arrays":
            return check_arrays(path)
        if path.suffix in TABLE_ENDINGS:
            open_leaves(path)
            return "read"
        with suppress(PhotoError):  # it compares checksums, unlike read_photo
            check_photo(path)
        small, whole = read_photo(path, 64), read_photo(path)
    except (DataError, ConfigError, ModelFileError):
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    right = small.shape == (64, 64, 3) and whole.ndim == 3 and whole.shape[2] == 3
    return "read" if right else f"shapes {small.shape} and {whole.shape}"


def resident() -> int:
    """Return the used memory in bytes, without garbage and memory that malloc keeps."""
    gc.collect()
    getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def most_resident() -> int:
    """Return the peak memory. ``ru_maxrss`` would include that of the parent process."""
    status = Path("/proc/self/status").read_text().partition("VmHWM:")[2]
    return int(status.split()[0]) * 1024


def main(limit: int) -> None:
    """Read the files that standard input lists."""
    warnings.simplefilter("error")  # warnings count as faults
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    if limit:
        resource.setrlimit(resource.RLIMIT_AS, (used + limit, used + limit))
    print("ready", flush=True)
    for line in sys.stdin:
        if line == "measure\n":
            print(json.dumps({"resident": resident()}), flush=True)
            continue
        began = time.process_time()
        outcome = read(Path(line.rstrip("\n")))
        seconds = time.process_time() - began
        answer = {
            "outcome": outcome,
            "seconds": seconds,
            "peak": most_resident(),
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
