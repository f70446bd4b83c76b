"""Train on several machines with a custom training loop.

    python examples/several_machines.py
    TF_CONFIG='{"cluster": ..., "task": ...}' python examples/several_machines.py PlantVillage

``fit`` of Keras does not work with ``tf.distribute.MultiWorkerMirroredStrategy``, but a custom
training step does. Run this script on each machine with a ``TF_CONFIG`` that lists all machines
(https://www.tensorflow.org/guide/distributed_training#TF_CONFIG). Without it, the script runs two
processes on this machine. All machines need the same photos at the same paths.

Each machine solves the same head with ``fit``, from stored features if the machines share a cache
folder. Then the stages of the policy are trained, with the photos of all machines in each step. The
first machine saves the classifier.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import keras
import numpy as np
import tensorflow as tf
import typer

import transferleaf as tl
from transferleaf.datasets import draw_leaves


def main(
    folder: Annotated[Path | None, typer.Argument(help="Photos in class folders.")] = None,
    backbone: str = "efficientnet_lite0",
    image_size: Annotated[int, typer.Option(help="In pixels.")] = 64,
    batch_size: Annotated[int, typer.Option(help="Photos per step on all machines.")] = 32,
    epochs: int = 1,
    learning_rate: float = 1e-4,
    save: Annotated[Path | None, typer.Option(help="File to save the classifier to.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder of the feature store.")] = None,
) -> None:
    """Train the last stage on several machines."""
    if "TF_CONFIG" not in os.environ:
        with TemporaryDirectory() as drawn:
            raise typer.Exit(run_two_here(folder or draw(Path(drawn))))
    # Before other TensorFlow calls, because it connects the machines.
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    assert folder is not None, "all machines need the folder of the photos"
    train, validation, test = tl.open_leaves(folder).split(0.6, 0.2, 0.2, seed=0)
    keras.utils.set_random_seed(0)
    with strategy.scope():
        classifier = tl.TransferClassifier(
            classes=train.classes,
            backbone=backbone,
            image_size=image_size,
            freeze=tl.FreezePolicy.train_last(stages=1),
        )
        # No gradient epochs: the head is solved, and the layers are set to train as planned.
        classifier.fit(train, validation_data=validation, epochs=0, seed=0, verbose=0, cache=cache)
        optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9)
        optimizer.build(classifier.trainable_variables)
    step = training_step(strategy, classifier, optimizer, batch_size)
    for epoch in range(epochs):
        batches = shared_batches(strategy, train, image_size, batch_size, seed=epoch)
        losses = [float(step(photos, labels)) for photos, labels in batches]
        say(f"epoch {epoch + 1}: loss {np.mean(losses):.5g}")
    right = answers(classifier, test, save).argmax(axis=1) == test.labels
    of = f"{len(test)} test photos right"
    say(f"{strategy.num_replicas_in_sync} machines, {right.mean():.3f} of {of}")


def training_step(
    strategy: Any, classifier: tl.TransferClassifier, optimizer: Any, batch_size: int
) -> Any:
    """Return a function that runs one step on a batch that is distributed over the machines."""

    def on_one_device(photos: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            answers = classifier(photos, training=True)
            losses = keras.losses.sparse_categorical_crossentropy(labels, answers)
            loss = tf.reduce_sum(losses) / batch_size  # the sum over devices is the mean
        variables = classifier.trainable_variables
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        optimizer.apply(gradients, variables)  # sums the gradients of all devices
        return loss

    @tf.function
    def step(photos: Any, labels: Any) -> Any:
        losses = strategy.run(on_one_device, args=(photos, labels))
        return strategy.reduce("SUM", losses, axis=None)

    return step


def shared_batches(
    strategy: Any, train: tl.LeafDataset, image_size: int, batch_size: int, *, seed: int
) -> Any:
    """Return one epoch of batches. Each machine only reads its part of each batch."""
    order = np.random.default_rng(seed).permutation(len(train))
    order = order[: len(train) // batch_size * batch_size]  # equal steps on all machines

    def of_this_machine(context: Any) -> Any:
        size = context.get_per_replica_batch_size(batch_size)
        share = train.subset(
            [
                photo
                for start in range(context.input_pipeline_id * size, len(order), batch_size)
                for photo in order[start : start + size]
            ]
        )
        return share.to_tf_dataset(image_size=image_size, batch_size=size)

    return strategy.distribute_datasets_from_function(of_this_machine)


def answers(
    classifier: tl.TransferClassifier, photos: tl.LeafDataset, save: Path | None
) -> np.ndarray:
    """Save the classifier on the first machine, and predict without the others."""
    with TemporaryDirectory() as own:
        path = save if save is not None and is_first() else Path(own, "leaf.keras")
        classifier.save(path)
        return tl.load_classifier(path).predict(photos, verbose=0)


def is_first() -> bool:
    """Return whether this machine prints and saves."""
    return json.loads(os.environ["TF_CONFIG"])["task"]["index"] == 0


def say(words: str) -> None:
    if is_first():
        print(words, flush=True)


def run_two_here(folder: Path) -> int:
    """Run this script in two processes, and return the exit code."""
    workers = [f"127.0.0.1:{port}" for port in free_ports(2)]
    words = sys.argv[1:] if str(folder) in sys.argv[1:] else [str(folder), *sys.argv[1:]]
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, *words],
            env={
                **os.environ,
                "TF_CONFIG": json.dumps(
                    {
                        "cluster": {"worker": workers},
                        "task": {"type": "worker", "index": number},
                    }
                ),
            },
        )
        for number in range(2)
    ]
    return max(abs(process.wait()) for process in processes)


def free_ports(count: int) -> list[int]:
    """Find unused ports."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def draw(folder: Path) -> Path:
    """Draw leaves of three classes."""
    classes = ["Apple___healthy", "Bean___Rust", "Tomato___Blight"]
    return draw_leaves(folder, classes=classes, photos_per_class=20, image_size=64)


if __name__ == "__main__":
    typer.run(main)
