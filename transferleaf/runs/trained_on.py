"""Whether photos are ones that a run has learned from, told by their content."""

from __future__ import annotations

from pathlib import Path

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.manifest import read_manifest
from transferleaf.datasets.photos.content_hashes import content_hashes
from transferleaf.runs.folder import RunFolder, is_run

_HELD_OUT = "test"


def photos_learned_from(model: Path, data: LeafDataset) -> int:
    """Count the photos that a run was trained on, or chose its epoch and calibrated by.

    Args:
        model: The folder of a run, or a file in it; of another file nothing is known.
        data: The photos, wherever they lie and whatever they are called.

    Returns:
        How many of them; 0 where nothing is known.

    Raises:
        ManifestError: The run's list of its photos is damaged.
    """
    run = RunFolder(model if is_run(model) else model.parent)
    # Other programs write files of such names as well, but hardly all three.
    if not (is_run(run.path) and run.model.is_file() and run.split.is_file()):
        return 0
    learned = {row.sha256 for row in read_manifest(run.split) if row.part != _HELD_OUT}
    return sum(content in learned for content in content_hashes(data.paths))
