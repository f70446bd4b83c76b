"""Fixtures that all tests share."""

from __future__ import annotations

import ctypes
import gc
import os
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import chromium

# Real photos may be next to the checkout. They are not part of the project.
_REAL = Path(os.environ.get("TRANSFERLEAF_REAL_DATA", Path(__file__).parents[2] / "shared/data"))


CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
STAGES = ("low_out", "mid_out", "high_out")
"""The stages of ``tiny_network``."""


def pytest_configure() -> None:
    """Restores Ctrl-C, which shells without job control turn off for background commands."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection(session: pytest.Session) -> None:
    """Pauses the garbage collector while the tests are imported, which creates no garbage."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leaves imported modules out of later garbage collections, which are 20 times faster then."""
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Gives each test the same random numbers, and so networks, whichever tests ran before."""
    random.seed(0)  # draws the seed of Keras if the test is the first one to import it
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A separate feature store for each worker of the tests, instead of the user's."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TRANSFERLEAF_CACHE", str(folder))
        environment.delenv("TRANSFERLEAF_CACHE_LIMIT", raising=False)
        yield folder


@pytest.fixture(scope="module", autouse=True)
def memory_of_the_module() -> Iterator[None]:
    """Releases the networks at the end of a module, to limit the memory of a worker."""
    yield
    if "keras" in sys.modules:
        sys.modules["keras"].utils.clear_session(free_memory=False)
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # a C library other than that of GNU
            ctypes.CDLL("libc.so.6").malloc_trim(0)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, or a skip. Shared by a module, because Playwright runs only once in a thread."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """The folder of the real photo sets, for tests marked ``real``."""
    if not (_REAL / "plantvillage-mini").is_dir():
        pytest.skip("the real leaf photos are absent; set TRANSFERLEAF_REAL_DATA to their folder")
    return _REAL


@pytest.fixture(scope="session")
def tiny_network():
    """Builds a network of three stages with batch norm: by default 16 px in, 2 x 2 x 16 out."""

    def build(size=16):
        import keras

        x = inputs = keras.Input((size, size, 3))
        for stage, filters in [("low", 4), ("mid", 8), ("high", 16)]:
            x = keras.layers.Conv2D(
                filters, 3, strides=2, padding="same", use_bias=False, name=f"{stage}_conv"
            )(x)
            x = keras.layers.BatchNormalization(name=f"{stage}_bn")(x)
            x = keras.layers.Activation("relu", name=f"{stage}_out")(x)
        return keras.Model(inputs, x, name="tiny")

    return build


@pytest.fixture(scope="session")
def with_a_head():
    """Gives a new classifier a head with non-zero biases, as after training."""

    def give(classifier):
        import numpy as np

        bias = classifier.get_layer("probabilities").bias
        bias.assign(np.linspace(-0.1, 0.1, bias.shape[0]))
        return classifier

    return give


@pytest.fixture(scope="session")
def tiny_classifier(tiny_network):
    """Builds a classifier of three classes on the tiny network, with a policy."""

    def build(freeze, **options):
        from transferleaf import TransferClassifier

        return TransferClassifier(
            classes=CLASSES, backbone=tiny_network(), stages=STAGES, freeze=freeze, **options
        )

    return build


@pytest.fixture(scope="session")
def blobs():
    """Makes noisy images of three classes with different colours: ``images, labels``."""
    import numpy as np

    def make(photos: int = 48, *, size: int = 16, seed: int = 0):
        rng = np.random.default_rng(seed)
        labels = np.arange(photos) % 3
        images = rng.integers(0, 120, size=(photos, size, size, 3))
        images[np.arange(photos), :, :, labels] += 100
        return images.astype("uint8"), labels

    return make
