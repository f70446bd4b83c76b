"""Train on all GPUs of one machine.

    python examples/several_gpus.py
    python examples/several_gpus.py PlantVillage --backbone resnet50 --image-size 224

A classifier that is created in the scope of ``tf.distribute.MirroredStrategy`` divides each batch
among the devices. With fewer than two GPUs, the script uses two virtual devices of the processor,
which demonstrates the method without a speed-up. Without a folder, it draws leaves.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import keras
import tensorflow as tf
import typer

import transferleaf as tl
from transferleaf.datasets import draw_leaves


def main(
    folder: Annotated[Path | None, typer.Argument(help="Photos in class folders.")] = None,
    backbone: str = "efficientnet_lite0",
    image_size: Annotated[int, typer.Option(help="In pixels.")] = 64,
    batch_size: Annotated[int, typer.Option(help="Photos per step on all devices.")] = 32,
    epochs: int = 1,
    cache: Annotated[Path | None, typer.Option(help="Folder of the feature store.")] = None,
) -> None:
    """Train the last stage on several devices of this machine."""
    devices = two_or_more_devices()
    with TemporaryDirectory() as drawn:
        data = tl.LeafDataset.from_folder(folder or draw(Path(drawn)))
        train, validation, test = data.split(0.6, 0.2, 0.2, seed=0)
        keras.utils.set_random_seed(0)
        strategy = tf.distribute.MirroredStrategy(devices)
        with strategy.scope():
            classifier = tl.TransferClassifier(
                classes=data.classes,
                backbone=backbone,
                image_size=image_size,
                freeze=tl.FreezePolicy.train_last(stages=1),
            )
        classifier.fit(
            train,
            validation_data=validation,
            batch_size=batch_size,
            epochs=epochs,
            seed=0,
            verbose=0,
            cache=cache,
        )
        right = classifier.predict(test, verbose=0).argmax(axis=1) == test.labels
    print(f"{strategy.num_replicas_in_sync} devices: {', '.join(devices)}")
    print(f"{right.mean():.3f} of {len(test)} test photos right")


def two_or_more_devices() -> list[str]:
    """Return the names of all GPUs, or of two virtual devices if there are fewer than two.

    Call this before TensorFlow is initialised.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if len(gpus) > 1:
        return [f"GPU:{number}" for number in range(len(gpus))]
    processor = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        processor, [tf.config.LogicalDeviceConfiguration()] * 2
    )
    return ["CPU:0", "CPU:1"]


def draw(folder: Path) -> Path:
    """Draw leaves of three classes."""
    classes = ["Apple___healthy", "Bean___Rust", "Tomato___Blight"]
    return draw_leaves(folder, classes=classes, photos_per_class=20, image_size=64)


if __name__ == "__main__":
    typer.run(main)
