"""A call of ``predict_photos_to`` in a process that is killed after two parts.

Arguments: MODEL PHOTOS FOLDER, and optionally the address of a Ray cluster.
"""

from __future__ import annotations

import os
import signal
import sys

from transferleaf import load_classifier
from transferleaf.scaling import predict_photos_to


def die_after_two_parts(done: int, total: int) -> None:
    if done >= 20:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    model, photos, folder, *on = sys.argv[1:]
    predict_photos_to(
        load_classifier(model),
        photos,
        folder,
        on=on[0] if on else None,
        photos_per_part=10,
        progress=die_after_two_parts,
    )
