"""Plain Keras in the same situations: what it does with a broken photo, a kill and a NaN pixel."""

from __future__ import annotations

import multiprocessing
import os
import signal
import warnings
from pathlib import Path
from typing import Any


def peers(photos: Path, root: Path) -> list[tuple[str, str]]:
    """Try each situation in a process of its own, and say what Keras made of it."""
    found = []
    for name, act in (("a broken photo", _broken), ("a kill", _kill), ("a NaN pixel", _nan)):
        context = multiprocessing.get_context("spawn")
        reading, writing = context.Pipe(duplex=False)
        process = context.Process(target=act, args=(str(photos), str(root), writing))
        process.start()
        writing.close()
        told = ""
        try:
            told = reading.recv() if reading.poll(300) else "nothing for 300 s"
        except EOFError:
            told = _left(root)
        process.kill()
        process.join()
        found.append((name, told))
    return found


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
        named = "and names the file" if ".png" in str(error) else "and does not name the file"
        told.send(f"{type(error).__name__} in the middle of training, {named}")
    else:
        told.send("trained as if nothing were wrong")


def _kill(photos: str, root: str, told: Any) -> None:
    model, data = _model(photos)
    model.fit(data, epochs=1, verbose=0)
    os.kill(os.getpid(), signal.SIGKILL)


def _left(root: Path) -> str:
    kept = list(root.glob("*.keras"))
    return f"{len(kept)} files to go on from, unless a callback was set up to write them"


def _nan(photos: str, root: str, told: Any) -> None:
    import numpy as np

    model, _ = _model(photos)
    pixels = np.full((1, 32, 32, 3), 100, "float32")
    pixels[0, 0, 0, 0] = np.nan
    answer = model.predict(pixels, verbose=0)
    told.send(
        "answers NaN, without an error" if np.isnan(answer).any() else "answers numbers, no error"
    )
