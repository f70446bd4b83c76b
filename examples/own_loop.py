"""Fine-tune with a custom training loop, and verify that it follows the plan.

    python examples/own_loop.py
    python examples/own_loop.py PlantVillage --stages 3 --epochs 10

``fit(epochs=0)`` solves the head and makes exactly the weights of the plan trainable. You can then
train them in any way. This loop clips gradients and prints the gradient norm of each stage, which
``fit`` does not do. Afterwards, all frozen weights are compared with their earlier values. On drawn
leaves, this takes a few minutes on two cores.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from rich.console import Console
from rich.table import Table

import transferleaf as tl
from transferleaf.datasets import draw_leaves

KINDS = ("Apple___Rust", "Apple___healthy", "Bean___Mosaic", "Bean___Rust")


def main(argv: Sequence[str] | None = None) -> None:
    """Solve the head, run the loop, and verify the frozen weights."""
    options, console = parse(argv), Console()
    keras.utils.set_random_seed(0)
    data = tl.open_leaves(options.folder or draw(options))
    train, validation, test = data.split(0.6, 0.2, 0.2, seed=0)
    classifier = tl.TransferClassifier(
        classes=data.classes,
        backbone="efficientnet_lite0",
        image_size=options.image_size,
        freeze=tl.FreezePolicy.train_last(stages=options.stages),
    )
    classifier.fit(train, validation_data=validation, epochs=0)

    network = classifier.backbone.model
    frozen, trained = network.non_trainable_weights, network.trainable_weights
    before = copied(frozen), copied(trained)
    console.print(descend(classifier, train, validation, options))

    # The frozen weights include batch-norm statistics.
    moved = [weight.path for weight in changed(frozen, before[0])]
    if moved:
        raise SystemExit(f"The plan freezes what moved: {', '.join(moved)}")
    console.print(f"Frozen: {len(frozen)} weights and statistics, none moved.")
    moving = len(changed(trained, before[1]))
    console.print(f"Trained: {len(trained)} weights of the backbone, {moving} moved.")
    console.print(f"{share_right(classifier, test):.1%} of {len(test)} test photos right")


def descend(
    classifier: tl.TransferClassifier,
    train: tl.LeafDataset,
    validation: tl.LeafDataset,
    options: Namespace,
) -> Table:
    """Run the loop. Return loss, gradient norms and validation accuracy by epoch."""
    weights = classifier.trainable_weights
    optimizer = keras.optimizers.AdamW(options.learning_rate)
    optimizer.build(weights)

    @tf.function
    def step(photos: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            answers = classifier(photos, training=True)
            losses = keras.losses.sparse_categorical_crossentropy(labels, answers)
            loss = tf.reduce_mean(losses)
        gradients, norm = tf.clip_by_global_norm(tape.gradient(loss, weights), clip_norm=1.0)
        optimizer.apply(gradients, weights)
        return loss, norm

    table = Table("epoch", "loss", "gradient norm", "validation accuracy")
    table.add_row("solved head", "", "", f"{share_right(classifier, validation):.3f}")
    batches = train.to_tf_dataset(options.image_size, batch_size=16, shuffle_seed=0)
    for epoch in range(1, options.epochs + 1):
        steps = np.array([step(photos, labels) for photos, labels in batches])
        loss, norm = steps.mean(axis=0)
        right = share_right(classifier, validation)
        table.add_row(str(epoch), f"{loss:.4f}", f"{norm:.3f}", f"{right:.3f}")
    return table


def copied(weights: Sequence[Any]) -> list[np.ndarray]:
    """Return copies of the weights."""
    return [np.array(keras.ops.convert_to_numpy(weight)) for weight in weights]


def changed(weights: Sequence[Any], before: Sequence[np.ndarray]) -> list[Any]:
    """Return the weights whose values differ."""
    pairs = zip(weights, before, strict=True)
    return [weight for weight, value in pairs if not np.array_equal(weight, value)]


def share_right(classifier: tl.TransferClassifier, photos: tl.LeafDataset) -> float:
    """Return the accuracy."""
    found = classifier.predict(photos, verbose=0).argmax(axis=1)
    return float((found == photos.labels).mean())


def draw(options: Namespace) -> Path:
    """Draw leaves of two crops."""
    return draw_leaves(
        options.output / "leaves",
        classes=KINDS,
        photos_per_class=options.photos,
        image_size=options.image_size,
    )


def parse(argv: Sequence[str] | None) -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(description="Fine-tune with a custom training loop.")
    parser.add_argument("folder", nargs="?", type=Path, help="photos; default: drawn leaves")
    parser.add_argument("--output", type=Path, default=Path("runs/own-loop"))
    parser.add_argument("--image-size", type=int, default=96, help="in pixels")
    parser.add_argument("--photos", type=int, default=40, help="drawn photos per class")
    parser.add_argument("--stages", type=int, default=2, help="number of trainable stages")
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--epochs", type=int, default=5)
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
