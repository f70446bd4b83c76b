"""Recognition of photos that were used in a run, by their content."""

from __future__ import annotations

from pathlib import Path

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.manifest import read_manifest
from transferleaf.datasets.photos.content_hashes import content_hashes
from transferleaf.runs.folder import RunFolder, is_run

_HELD_OUT = "test"


def photos_learned_from(model: Path, data: LeafDataset) -> int:
    """Count the photos that a run used for training or validation.

    Args:
        model: The folder of a run, or a file in it. For other files, the result is 0.
        data: The photos. Their paths and names may differ from those in the run.

    Returns:
        Number of these photos; 0 if unknown.

    Raises:
        ManifestError: The manifest of the run is damaged.
    """
    run = RunFolder(model if is_run(model) else model.parent)
    # Other programs may write files with one of these names, but hardly all three.
    if not (is_run(run.path) and run.model.is_file() and run.split.is_file()):
        return 0
    learned = {row.sha256 for row in read_manifest(run.split) if row.part != _HELD_OUT}
    return sum(content in learned for content in content_hashes(data.paths))
