"""Search defaults of the fine-tuning policies on validation photos, without touching test photos.

    python benchmarks/policy_search.py PlantVillage --leaves leaves.csv

The part of the backbone that no variant trains runs once; every variant then trains the rest on the
stored activations, starting from the solved head. Prints a table and writes it as Markdown.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import tensorflow as tf
import typer
from rich.console import Console
from rich.progress import track

import transferleaf as tl
from transferleaf.backbones import PixelNormalization, build_backbone
from transferleaf.freezing.feature_groups import default_groups
from transferleaf.freezing.planning import trained_stage_positions
from transferleaf.head.layers import classify, pooled_features, write_head
from transferleaf.head.solver import HeadProblem, solve_head
from transferleaf.training.phases.compiling import PolicyCompiler
from transferleaf.training.phases.trainability import apply_trainability

REGULARISED = {"learning_rate": 3e-4, "label_smoothing": 0.1, "dropout": 0.5}

VARIANTS = {
    "last 2 stages, rate 1e-4": {"trainable_stages": 2, "learning_rate": 1e-4},
    "rate 3e-4": {"trainable_stages": 2, "learning_rate": 3e-4},
    "and label smoothing 0.1": {
        "trainable_stages": 2,
        "learning_rate": 3e-4,
        "label_smoothing": 0.1,
    },
    "and dropout 0.5": {"trainable_stages": 2, **REGULARISED},
    "and batch norm trains": {
        "trainable_stages": 2,
        **REGULARISED,
        "batch_norm": tl.BatchNormStatistics.FROM_LEAVES,
    },
    "last 3 stages, each at 0.5 of the next": {
        "trainable_stages": 3,
        **REGULARISED,
        "stage_decay": 0.5,
    },
    "last 5 stages, each at 0.8 of the next": {
        "trainable_stages": 5,
        **REGULARISED,
        "stage_decay": 0.8,
    },
    "quadrant I": {},
    "quadrant III": {},
}


def policies(epochs: int) -> dict[str, tl.FreezePolicy]:
    """The variants by name."""
    made = {}
    for name, fields in VARIANTS.items():
        if name.startswith("quadrant"):
            made[name] = tl.FreezePolicy.for_quadrant(name.split()[-1], epochs=epochs)
        else:
            made[name] = tl.FreezePolicy(**fields, epochs=epochs)
    return made


class Stored:
    """The backbone cut at a stage, and what lies before the cut computed for some photos."""

    def __init__(self, backbone, cut: int) -> None:
        self.backbone = backbone
        self.cut = cut
        outputs = backbone.model.outputs
        self.prefix = keras.Model(backbone.model.input, outputs[: cut + 1])
        self.tail = keras.Model(outputs[cut], outputs[cut + 1 :])
        self.pixels = PixelNormalization(backbone.pixels)

    def activations(self, data: tl.LeafDataset, label: str) -> list[np.ndarray]:
        """Averaged outputs of the stages before the cut, and the feature map at the cut."""

        @tf.function
        def forward(images):
            maps = keras.tree.flatten(self.prefix(self.pixels(images), training=False))
            pooled = [tf.reduce_mean(feature_map, axis=(1, 2)) for feature_map in maps]
            return tf.concat(pooled, axis=1), maps[-1]

        batches = data.to_tf_dataset(self.backbone.image_size)
        parts = [forward(images) for images, _ in track(batches, label)]
        return [np.concatenate([np.asarray(part[i]) for part in parts]) for i in (0, 1)]

    def classifier(self, inputs: list[np.ndarray], classes: int, dropout: float) -> keras.Model:
        """A model from stored activations to probabilities that shares the tail's layers."""
        pooled, feature_map = (keras.Input(part.shape[1:]) for part in inputs)
        maps = keras.tree.flatten(self.tail(feature_map))
        late = pooled_features(maps, self.backbone.stage_names[self.cut + 1 :])
        features = keras.layers.Concatenate(name="stored")([pooled, late])
        outputs = classify(features, classes=classes, dropout=dropout)
        return keras.Model([pooled, feature_map], outputs)


def main(
    folder: Annotated[Path, typer.Argument(help="Photos in folders named Crop___Disease.")],
    leaves: Annotated[Path | None, typer.Option(help="CSV of leaf ids: file,leaf.")] = None,
    backbone: str = "efficientnet_lite0",
    image_size: int = 160,
    epochs: int = 5,
    seed: int = 0,
    output: Path = Path("runs/policy_search.md"),
) -> None:
    """Search defaults of the fine-tuning policies on validation photos."""
    data = tl.LeafDataset.from_folder(folder, leaves="auto" if leaves is None else leaves)
    train, validation, _ = data.split(0.6, 0.2, 0.2, seed=seed)
    built = build_backbone(tl.get_backbone(backbone), image_size=image_size)
    pretrained = built.model.get_weights()
    layers = built.describe()
    first = min(trained_stage_positions(p, layers)[0] for p in policies(epochs).values())
    stored = Stored(built, cut=first - 1)
    x = stored.activations(train, "training photos")
    x_val = stored.activations(validation, "validation photos")
    shares = np.eye(len(data.classes), dtype=np.float32)
    y, y_val = shares[train.labels], shares[validation.labels]
    head, start = solved(stored, x, y, x_val, y_val)
    rows = [("solved head", start, 0, "", 0.0)]
    for name, policy in policies(epochs).items():
        keras.utils.set_random_seed(seed)
        built.model.set_weights(pretrained)
        began = time.monotonic()
        curve = fine_tuned(stored, policy, head, x, y, x_val, y_val)
        best = int(np.argmax(curve)) + 1
        shown = " ".join(f"{accuracy:.3f}" for accuracy in curve)
        rows.append((name, max(curve), best, shown, time.monotonic() - began))
        Console().print(f"{name}: {max(curve):.4f}  {shown}")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(markdown(rows))
    Console().print(f"Table: {output}")


def solved(stored: Stored, x, y, x_val, y_val):
    """The solved head and its accuracy on the validation photos."""
    model = stored.classifier(x, y.shape[1], 0.0)
    features = keras.Model(model.input, model.get_layer("standardize").input)
    train, validation = (
        HeadProblem(
            features=features.predict(part, verbose=0),
            targets=targets,
            weights=np.ones(len(targets), np.float32),
        )
        for part, targets in ((x, y), (x_val, y_val))
    )
    head = solve_head(train, validation, groups=default_groups(stored.backbone.describe()))
    right = head.probabilities(validation.features).argmax(1) == y_val.argmax(1)
    return head, float(right.mean())


def fine_tuned(stored: Stored, policy: tl.FreezePolicy, head, x, y, x_val, y_val) -> list[float]:
    """Validation accuracy after each epoch of ``policy``, from the solved head."""
    network = stored.backbone.model
    phase = policy.plan(stored.backbone.describe(), classes=y.shape[1]).phases[-1]
    model = stored.classifier(x, y.shape[1], policy.dropout)
    write_head(model, head)
    apply_trainability(network, phase.trainable)
    steps = -(-len(y) // 32)
    compiler = PolicyCompiler(policy=policy)
    model.compile(**compiler.arguments(model, phase, backbone=network, steps=steps))
    history = model.fit(
        x, y, validation_data=(x_val, y_val), epochs=policy.epochs, batch_size=32, verbose=0
    )
    return history.history["val_accuracy"]


def markdown(rows) -> str:
    """The table, for a page."""
    lines = ["| variant | best validation accuracy | epoch | each epoch | seconds |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for name, accuracy, epoch, shown, seconds in rows:
        lines.append(f"| {name} | {accuracy:.4f} | {epoch} | {shown} | {seconds:.0f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    typer.run(main)
