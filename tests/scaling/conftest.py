"""A few photos, a classifier, and one Ray cluster of two nodes for all tests of a file."""

from __future__ import annotations

import pytest

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
STAGES = ("low_out", "mid_out", "high_out")

NO_RAY = 'Ray is absent; pip install "transferleaf[ray]" brings it'


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """A folder of 24 photos of 64 px and one file that is not a photo."""
    import numpy as np
    from PIL import Image

    folder = tmp_path_factory.mktemp("photos")
    pixels = np.random.default_rng(0).integers(0, 255, (24, 64, 64, 3), dtype=np.uint8)
    for number, photo in enumerate(pixels):
        Image.fromarray(photo).save(folder / f"{number:02}.png")
    (folder / "broken.jpg").write_text("no photo")
    return folder


@pytest.fixture
def classifier(tiny_network, with_a_head):
    import keras

    from transferleaf import TransferClassifier

    keras.utils.set_random_seed(0)
    return with_a_head(TransferClassifier(classes=CLASSES, backbone=tiny_network(), stages=STAGES))


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two nodes with one core each on this machine, to which this process belongs.

    It ends with its file, because its processes hold gigabytes.
    """
    pytest.importorskip("ray.data", reason=NO_RAY)
    import ray
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        head = {"num_cpus": 1, "include_dashboard": False}
        nodes = started(lambda: Cluster(initialize_head=True, head_node_args=head))
        started(lambda: nodes.add_node(num_cpus=1))
        ray.init(nodes.address, logging_level="error", log_to_driver=False)
        yield nodes
        ray.shutdown()
        nodes.shutdown()


def started(start):
    """Start a Ray node, with retries, because Ray's 20 seconds may be too short."""
    for attempt in range(4):
        try:
            return start()
        except Exception as error:  # Ray has no more specific exception
            if attempt == 3 or "timed out during startup" not in str(error):
                raise
    return None
