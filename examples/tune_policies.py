"""Search for the best policy with KerasTuner: pip install keras-tuner tensorboard.

    python examples/tune_policies.py
    python examples/tune_policies.py PlantVillage --trials 20

A trial is a policy: the number of trained stages, the learning rate, and whether the head uses all
stages or the last one. All trials share the feature store. The validation photos select the policy,
and the test photos are only used at the end. On drawn leaves, this takes a few minutes on two
cores.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import transferleaf as tl
from transferleaf.datasets import draw_leaves

KINDS = ("Apple___Rust", "Apple___healthy", "Bean___Mosaic", "Bean___Rust")


def main(argv: Sequence[str] | None = None) -> None:
    """Search, print the trials, and test the best classifier."""
    options = parse(argv)
    try:
        keras_tuner = import_module("keras_tuner")
        import_module("tensorboard")  # required by KerasTuner, but not installed with it
    except ImportError as error:
        raise SystemExit(f"{error}: pip install keras-tuner tensorboard") from None
    data = tl.open_leaves(options.folder or draw(options))
    train, validation, test = data.split(0.6, 0.2, 0.2, seed=0)

    def build(choices: Any) -> tl.TransferClassifier:
        return tl.TransferClassifier(
            classes=data.classes,
            backbone="efficientnet_lite0",
            image_size=options.image_size,
            freeze=policy(choices),
        )

    tuner = keras_tuner.RandomSearch(
        build,
        objective="val_loss",
        max_trials=options.trials,
        seed=0,
        directory=options.output,
        project_name="trials",
        overwrite=True,
    )
    tuner.search(train, validation_data=validation, epochs=options.epochs, seed=0, verbose=0)

    console = Console()
    console.print(trials(tuner.oracle.get_best_trials(options.trials)))
    best = tuner.get_best_models(1)[0]
    console.print(best.freeze)
    right = best.predict(test, verbose=0).argmax(axis=1) == test.labels
    console.print(f"The best one has {right.mean():.1%} of {len(test)} test photos right.")


def policy(choices: Any) -> tl.FreezePolicy:
    """Create a policy from the choices of KerasTuner."""
    stages = choices.Int("stages", 0, 2)
    head = choices.Choice("head_stages", ["all", "last"])
    if not stages:  # a solved head has no learning rate
        return tl.FreezePolicy.freeze_base(head_stages=head)
    rate = choices.Float("learning_rate", 1e-5, 1e-3, sampling="log")
    return tl.FreezePolicy.train_last(stages=stages, head_stages=head, learning_rate=rate)


def trials(best_first: Sequence[Any]) -> Table:
    """Return a table of the trials, the best first."""
    table = Table("stages that train", "head sees", "learning rate", "validation loss")
    for trial in best_first:
        values = trial.hyperparameters.values
        stages = values["stages"]
        rate = f"{values['learning_rate']:.1e}" if stages else ""
        table.add_row(str(stages), values["head_stages"], rate, f"{trial.score:.4f}")
    return table


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
    parser = ArgumentParser(description="Search for the best policy with KerasTuner.")
    parser.add_argument("folder", nargs="?", type=Path, help="photos; default: drawn leaves")
    parser.add_argument("--output", type=Path, default=Path("runs/tune-policies"))
    parser.add_argument("--image-size", type=int, default=96, help="in pixels")
    parser.add_argument("--photos", type=int, default=40, help="drawn photos per class")
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=3, help="epochs of trials that train stages")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
