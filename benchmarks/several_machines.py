"""Test training on several machines, with two processes on one machine.

    python -m benchmarks.several_machines

- ``fit``: Keras' own under ``tf.distribute.MultiWorkerMirroredStrategy``, a network of one layer.
- ``own-loop``: ``examples/several_machines.py``, a ``TransferClassifier`` in a custom loop.
- ``ray-train``: the same loop in the workers of Ray Train's ``TensorflowTrainer``.

Prints a line for each method: that it works, or the error. The loop also runs on one machine, and
its losses must be equal.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from transferleaf.datasets import draw_leaves

SCRIPT = str(Path(__file__).parents[1] / "examples/several_machines.py")
EXAMPLE = runpy.run_path(SCRIPT)
WORDS = ("--batch-size", "12", "--epochs", "3", "--learning-rate", "0.01")
SECONDS = 1200

Ways = Annotated[list[str] | None, typer.Argument(help="Which to try; all where none is named.")]


def main(ways: Ways = None) -> None:
    """Try each method."""
    with TemporaryDirectory() as folder:
        photos = str(hard_photos(Path(folder)))
        for way in ways or list(WAYS):
            print(f"{way}: {WAYS[way](photos)}", flush=True)


def hard_photos(folder: Path) -> Path:
    """Draw leaves of one kind in two classes, so that the loss stays above zero."""
    kind = "Bean___Rust"
    draw_leaves(folder, classes=[kind], photos_per_class=40, image_size=64, photos_per_leaf=(1, 1))
    for number, path in enumerate(sorted((folder / kind).iterdir())):
        new = folder / "photos" / ("Bean___Rust", "Bean___Blight")[number % 2] / path.name
        new.parent.mkdir(parents=True, exist_ok=True)
        path.rename(new)
    return folder / "photos"


def keras_fit(photos: str) -> str:
    """Run Keras' ``fit`` in two processes."""
    call = "from benchmarks.several_machines import fit_here; fit_here()"
    return told(outcome([sys.executable, "-c", call], machines=2))


def fit_here() -> None:
    """Run Keras' ``fit`` as one of the machines."""
    import keras
    import numpy as np
    import tensorflow as tf

    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    with strategy.scope():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
    model.fit(np.ones((64, 8)), np.ones((64, 1)), batch_size=32, verbose=0)
    print("holds")


def own_loop(photos: str) -> str:
    """Run the example in two processes and in one. The losses must be equal."""
    return beside_one_machine(outcome(loop_command(photos), machines=2), photos)


def ray_train(photos: str) -> str:
    """Run the example in two workers of Ray Train."""
    import ray
    from ray.train import RunConfig, ScalingConfig
    from ray.train.tensorflow import TensorflowTrainer

    def work() -> None:
        said = StringIO()
        with redirect_stdout(said):
            loop_here(photos)
        if ray.train.get_context().get_world_rank() == 0:
            notes.write_text(said.getvalue())

    ray.init("local", num_cpus=2, include_dashboard=False, logging_level="error")
    try:
        with TemporaryDirectory() as results:
            notes = Path(results, "said.txt")
            TensorflowTrainer(
                work,
                scaling_config=ScalingConfig(num_workers=2),
                run_config=RunConfig(storage_path=results),
            ).fit()
            said = notes.read_text()
    except Exception as error:
        return told(str(error))
    finally:
        ray.shutdown()
    return beside_one_machine(said, photos)


def loop_here(photos: str) -> None:
    """Run the example in this process."""
    sys.argv = loop_command(photos)[1:]
    try:
        runpy.run_path(SCRIPT, run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"exit code {end.code}") from end


def loop_command(photos: str) -> list[str]:
    """Return the command that runs the example."""
    return [sys.executable, SCRIPT, photos, *WORDS]


def beside_one_machine(said: str, photos: str) -> str:
    """Compare the losses of two machines with those of one."""
    alone = outcome(loop_command(photos), machines=1)
    two, one = losses(said), losses(alone)
    if not two or len(one) != len(two):
        return f"{told(said)}; {told(alone)}"
    apart = max(abs(a - b) / a for a, b in zip(one, two, strict=True))
    return f"holds; losses {two} on two machines, at most {apart:.1e} from those of one"


def outcome(command: Sequence[str], *, machines: int) -> str:
    """Run a command as each of several machines, and return the output of the first one."""
    workers = [f"127.0.0.1:{port}" for port in EXAMPLE["free_ports"](machines)]
    processes = [
        subprocess.Popen(
            command,
            env={**os.environ, "TF_CONFIG": config(workers, number)},
            stdout=subprocess.DEVNULL if number else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number in range(machines)
    ]
    try:
        return processes[0].communicate(timeout=SECONDS)[0]
    except subprocess.TimeoutExpired:
        return f"TimeoutError: no end within {SECONDS} s"
    finally:
        for process in processes:
            process.kill()


def config(workers: Sequence[str], number: int) -> str:
    """Return the ``TF_CONFIG`` of a machine."""
    task = {"type": "worker", "index": number}
    return json.dumps({"cluster": {"worker": list(workers)}, "task": task})


def losses(said: str) -> list[float]:
    """Return the losses of the epochs in the output of the example."""
    return [float(loss) for loss in re.findall(r"^epoch \d+: loss (\S+)$", said, re.MULTILINE)]


def told(said: str) -> str:
    """Return the last error in the output of a process, or its last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
    return (errors or lines or ["nothing was said"])[-1][:400]


WAYS: dict[str, Callable[[str], str]] = {
    "fit": keras_fit,
    "own-loop": own_loop,
    "ray-train": ray_train,
}


if __name__ == "__main__":
    typer.run(main)
