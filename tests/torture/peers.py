"""Plain Keras and transferleaf in the same situations: a broken photo, a kill, a NaN."""

from __future__ import annotations

import multiprocessing
import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any


def peers(photos: Path, root: Path) -> list[tuple[str, str, str]]:
    """Try each situation in separate processes.

    Returns:
        The name of each situation, and the results of Keras and transferleaf.
    """
    acts = (
        ("a damaged photo", _broken, _our_broken),
        ("a kill after an epoch", _kill, _our_kill),
        ("a NaN pixel", _nan, _our_nan),
    )
    return [
        (name, *(_told(act, photos, root / f"{name} {place}") for place, act in enumerate(both)))
        for name, *both in acts
    ]


def _told(act: Callable[[str, str, Any], None], photos: Path, root: Path) -> str:
    root.mkdir()
    context = multiprocessing.get_context("spawn")
    reading, writing = context.Pipe(duplex=False)
    process = context.Process(target=act, args=(str(photos), str(root), writing))
    process.start()
    writing.close()
    try:
        return str(reading.recv()) if reading.poll(300) else "no answer for 300 s"
    except EOFError:
        return _left(root)
    finally:
        process.kill()
        process.join()


def _model(photos: str) -> tuple[Any, Any]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")
    import keras

    data = keras.utils.image_dataset_from_directory(photos, image_size=(32, 32), verbose=False)
    model = keras.Sequential(
        [keras.Input((32, 32, 3)), keras.layers.Conv2D(8, 3), keras.layers.GlobalAveragePooling2D()]
    )
    model.add(keras.layers.Dense(3, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, data


def _broken(photos: str, root: str, told: Any) -> None:
    import shutil

    copy = shutil.copytree(photos, Path(root, "with-a-broken-photo"))
    next(iter(sorted(Path(copy).rglob("*.png")))).write_bytes(b"no photo")
    model, data = _model(str(copy))
    try:
        model.fit(data, epochs=1, verbose=0)
    except Exception as error:
        told.send(f"`{type(error).__name__}` during training, {_named(error)}")
    else:
        told.send("trains without a message")


def _our_broken(photos: str, root: str, told: Any) -> None:
    import shutil

    copy = shutil.copytree(photos, Path(root, "with-a-broken-photo"))
    next(iter(sorted(Path(copy).rglob("*.png")))).write_bytes(b"no photo")
    classifier, data = _classifier(str(copy))
    try:
        classifier.fit(data, verbose=0)
    except Exception as error:
        told.send(f"`{type(error).__name__}` before training, {_named(error)}")
    else:
        told.send("trains without a message")


def _named(error: Exception) -> str:
    return "which names the file" if ".png" in str(error) else "which does not name the file"


def _classifier(photos: str) -> tuple[Any, Any]:
    import transferleaf as tl

    data = tl.open_leaves(photos)
    policy = tl.FreezePolicy.train_all(epochs=50, views=0)
    classifier = tl.TransferClassifier(
        classes=data.classes, backbone="baseline_cnn", weights=None, image_size=32, freeze=policy
    )
    return classifier, data


def _kill(photos: str, root: str, told: Any) -> None:
    model, data = _model(photos)
    model.fit(data, epochs=1, verbose=0)
    os.kill(os.getpid(), signal.SIGKILL)


def _our_kill(photos: str, root: str, told: Any) -> None:
    import keras

    classifier, data = _classifier(photos)
    killed = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, _: epoch and os.kill(os.getpid(), signal.SIGKILL)
    )
    state = Path(root, "state")
    classifier.fit(data, verbose=0, resume=state, callbacks=[killed])


def _left(root: Path) -> str:
    kept = [path for path in root.rglob("*") if path.is_file()]
    if not kept:
        return "leaves no files, unless a callback writes them"
    return "leaves the state of the last epoch (with `resume=`, which `transferleaf train` sets)"


def _nan(photos: str, root: str, told: Any) -> None:
    import numpy as np

    model, _ = _model(photos)
    pixels = np.full((1, 32, 32, 3), 100, "float32")
    pixels[0, 0, 0, 0] = np.nan
    answer = model.predict(pixels, verbose=0)
    told.send("predicts NaN" if np.isnan(answer).any() else "predicts numbers")


def _our_nan(photos: str, root: str, told: Any) -> None:
    import numpy as np

    classifier, data = _classifier(photos)
    classifier.fit(data, epochs=1, verbose=0)
    pixels = np.full((1, 32, 32, 3), 100, "float32")
    pixels[0, 0, 0, 0] = np.nan
    try:
        answer = classifier.predict(pixels, verbose=0)
    except Exception as error:
        where = "which names the image" if "image 0" in str(error) else "which does not say where"
        told.send(f"`{type(error).__name__}`, {where}")
    else:
        told.send("predicts NaN" if np.isnan(answer).any() else "predicts numbers")
