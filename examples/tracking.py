"""Track a training with TensorBoard, MLflow or Weights & Biases.

    python examples/tracking.py
    python examples/tracking.py PlantVillage --backbone resnet50 --image-size 224 --mlflow
    WANDB_MODE=offline python examples/tracking.py --wandb

Each has a Keras callback. A callback of ``fit`` sees all phases of the plan as one training. Epoch
0 is the solved head. Without a folder, the script draws leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

import transferleaf as tl
from transferleaf.datasets import draw_leaves

if TYPE_CHECKING:
    import keras

Keep: TypeAlias = Callable[[float], None]
"""A function that logs the test accuracy."""

Tracking: TypeAlias = "Iterator[tuple[keras.callbacks.Callback, Keep]]"


def main(
    folder: Annotated[Path | None, typer.Argument(help="Photos in class folders.")] = None,
    mlflow: Annotated[bool, typer.Option("--mlflow", help="Use MLflow.")] = False,
    wandb: Annotated[bool, typer.Option("--wandb", help="Use Weights & Biases.")] = False,
    logs: Annotated[Path, typer.Option(help="Folder of the TensorBoard logs.")] = Path("logs"),
    backbone: str = "efficientnet_lite0",
    image_size: Annotated[int, typer.Option(help="In pixels.")] = 64,
    epochs: int = 2,
    cache: Annotated[Path | None, typer.Option(help="Folder of the feature store.")] = None,
) -> None:
    """Train the last stage, and log curves, settings and test accuracy."""
    tracker = chosen(mlflow=mlflow, wandb=wandb)
    with TemporaryDirectory() as drawn:
        data = tl.LeafDataset.from_folder(folder or draw(Path(drawn)))
        train, validation, test = data.split(0.6, 0.2, 0.2, seed=0)
        classifier = tl.TransferClassifier(
            classes=data.classes,
            backbone=backbone,
            image_size=image_size,
            freeze=tl.FreezePolicy.train_last(stages=1, epochs=epochs),
        )
        with TRACKERS[tracker](classifier, logs) as (callback, keep):
            classifier.fit(
                train, validation_data=validation, callbacks=[callback], seed=0, cache=cache
            )
            keep(classifier.evaluate(test, return_dict=True, verbose=0)["accuracy"])


@contextmanager
def tensorboard(classifier: tl.TransferClassifier, logs: Path) -> Tracking:
    """Log the curves of training and validation to files."""
    import keras

    yield keras.callbacks.TensorBoard(logs, write_graph=False), show
    print(f"Look at it with: tensorboard --logdir {logs}")


@contextmanager
def mlflow(classifier: tl.TransferClassifier, logs: Path) -> Tracking:
    """Log the curves, the policy and the model to MLFLOW_TRACKING_URI or ./mlflow.db."""
    import mlflow
    import mlflow.keras

    def keep(accuracy: float) -> None:
        mlflow.log_metric("test_accuracy", accuracy)
        with TemporaryDirectory() as folder:
            model = Path(folder, "leaf.keras")
            classifier.save(model)
            mlflow.log_artifact(model)
        show(accuracy)

    with mlflow.start_run():
        mlflow.log_dict(classifier.freeze.to_dict(), "policy.json")
        yield mlflow.keras.MlflowCallback(), keep
    print(f"Look at it with: mlflow ui --backend-store-uri {mlflow.get_tracking_uri()}")


@contextmanager
def wandb(classifier: tl.TransferClassifier, logs: Path) -> Tracking:
    """Log the curves and the policy to Weights & Biases, or to ./wandb if offline."""
    import wandb
    from wandb.integration.keras import WandbMetricsLogger

    with wandb.init(project="leaves", config=classifier.freeze.to_dict()) as run:

        def keep(accuracy: float) -> None:
            run.summary["test_accuracy"] = accuracy
            show(accuracy)

        yield WandbMetricsLogger(), keep


TRACKERS = {"tensorboard": tensorboard, "mlflow": mlflow, "wandb": wandb}


def chosen(*, mlflow: bool, wandb: bool) -> str:
    """Return the name of the selected package, which must be installed."""
    if mlflow and wandb:
        raise typer.BadParameter("choose one of --mlflow and --wandb")
    package = "mlflow" if mlflow else "wandb" if wandb else "tensorboard"
    if find_spec(package) is None:
        print(f"The package {package} is not installed; pip install {package} installs it.")
        raise typer.Exit(1)
    return package


def show(accuracy: float) -> None:
    print(f"{accuracy:.1%} of the test photos right")


def draw(folder: Path) -> Path:
    """Draw leaves of three classes."""
    classes = ["Apple___healthy", "Bean___Rust", "Tomato___Blight"]
    return draw_leaves(folder, classes=classes, photos_per_class=20, image_size=64)


if __name__ == "__main__":
    typer.run(main)
