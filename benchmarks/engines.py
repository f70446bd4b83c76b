"""Measure engines for a frozen network: the time to prepare them, and their speed.

    python benchmarks/engines.py

Three networks with pooled outputs of all stages, 224 px, random pixels. All engines take turns
within one run, and results are medians. Prints tables and writes the page docs/engines.md.
Engines that are not installed are reported.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
import typer
from rich.console import Console
from rich.table import Table

import transferleaf as tl
from benchmarks.markdown import markdown_table
from transferleaf.backbones import PixelNormalization, build_backbone
from transferleaf.features.engines.choosing import relative_difference
from transferleaf.features.engines.openvino_engine import (
    COMPILE_OPTIONS,
    PHOTOS_PER_REQUEST,
    OpenVINOEngine,
    convert_graph,
)
from transferleaf.features.engines.tensorflow_engine import TensorFlowEngine
from transferleaf.features.engines.tracing import trace_with_constants
from transferleaf.freezing.feature_groups import default_groups
from transferleaf.head.layers import pooled_features
from transferleaf.process.openvino_loading import load_openvino

SIZE = 224
# Number of photos per measurement: two to four seconds for the fastest engine on two cores.
NETWORKS = {"resnet50": 64, "efficientnet_lite0": 256, "mobilenetv3_large": 512}
AT_A_TIME = (1, 2, 8, 32)
ENGINES = ("TensorFlow", "OpenVINO", "ONNX Runtime")
PACKAGES = ("keras", "tensorflow", "openvino", "onnxruntime", "tf2onnx", "onnx", "numpy")

Run = Callable[[np.ndarray], np.ndarray]


def build(name: str) -> keras.Model:
    """Return a network from photos to the pooled outputs of all its stages, as in ``fit``."""
    weights = "imagenet" if name == "efficientnet_lite0" else None  # the only installed weights
    backbone = build_backbone(tl.get_backbone(name), image_size=SIZE, weights=weights)
    photos = keras.Input((SIZE, SIZE, 3))
    maps = keras.tree.flatten(backbone.model(PixelNormalization(backbone.pixels)(photos)))
    groups = default_groups(backbone.describe())
    return keras.Model(photos, pooled_features(maps, groups, backbone))


def missing(engine: str) -> str | None:
    """Return what must be installed for an engine, if anything."""
    needed = {"OpenVINO": ("openvino",), "ONNX Runtime": ("onnxruntime", "tf2onnx", "onnx")}
    absent = [package for package in needed.get(engine, ()) if version(package) is None]
    return ", ".join(absent) or None


def version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def ready_tensorflow(network: keras.Model) -> dict[str, float]:
    """Return the seconds of each step from the Keras network to the first output."""
    with clock() as seconds:
        list(TensorFlowEngine(network).run([np.zeros((8, SIZE, SIZE, 3), np.uint8)]))
    return {"convert": 0.0, "compile": seconds()}


def ready_openvino(network: keras.Model) -> dict[str, float]:
    openvino = load_openvino()
    with clock() as converting:
        traced = trace_with_constants(network, (PHOTOS_PER_REQUEST, SIZE, SIZE, 3))
        model = convert_graph(traced.graph)
    with clock() as compiling:
        openvino.Core().compile_model(model, "CPU", COMPILE_OPTIONS)
    return {"convert": converting(), "compile": compiling()}


def ready_onnx(network: keras.Model) -> dict[str, float]:
    with clock() as converting:
        model = onnx_by_keras(network)
    with clock() as compiling:
        onnx_session(model)
    return {"convert": converting(), "compile": compiling()}


def ready_onnx_traced(network: keras.Model) -> dict[str, float]:
    with clock() as converting:
        model = onnx_by_trace(network)
    with clock() as compiling:
        onnx_session(model)
    return {"convert": converting(), "compile": compiling()}


READY = {
    "TensorFlow": ready_tensorflow,
    "OpenVINO": ready_openvino,
    "ONNX Runtime": ready_onnx,
    "ONNX Runtime, from our trace": ready_onnx_traced,
}


def onnx_by_keras(network: keras.Model) -> bytes:
    """Convert with the exporter of Keras, for any number of photos."""
    with tempfile.TemporaryDirectory() as folder, silence():
        network.export(f"{folder}/network.onnx", format="onnx", verbose=False)
        return Path(folder, "network.onnx").read_bytes()


def onnx_by_trace(network: keras.Model) -> bytes:
    """Convert the graph that OpenVINO uses too."""
    import tf2onnx

    traced = trace_with_constants(network, (PHOTOS_PER_REQUEST, SIZE, SIZE, 3))
    names = [output.name for output in traced.outputs]
    with silence():
        model, _ = tf2onnx.convert.from_graph_def(
            traced.graph.as_graph_def(), input_names=["photos:0"], output_names=names, opset=18
        )
    return model.SerializeToString()


def onnx_session(model: bytes) -> Any:
    import onnxruntime

    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def open_tensorflow(network: keras.Model) -> Callable[[int], Run]:
    """Return a function that opens an engine for a number of photos at a time."""
    engine = TensorFlowEngine(network)
    return lambda at_a_time: lambda photos: joined(engine.run(pieces(photos, at_a_time)))


def open_openvino(network: keras.Model) -> Callable[[int], Run]:
    def at(at_a_time: int) -> Run:
        engine = OpenVINOEngine(network, (SIZE, SIZE, 3), photos_per_request=at_a_time)
        return lambda photos: joined(engine.run(pieces(photos, 32)))

    return at


def open_onnx(network: keras.Model) -> Callable[[int], Run]:
    session = onnx_session(onnx_by_keras(network))
    name = session.get_inputs()[0].name

    def run(photos: np.ndarray, at_a_time: int) -> np.ndarray:
        batches = (piece.astype(np.float32) for piece in pieces(photos, at_a_time))
        return joined(session.run(None, {name: batch}) for batch in batches)

    return lambda at_a_time: lambda photos: run(photos, at_a_time)


OPEN = {"TensorFlow": open_tensorflow, "OpenVINO": open_openvino, "ONNX Runtime": open_onnx}


def pieces(photos: np.ndarray, size: int) -> Iterator[np.ndarray]:
    return (photos[start : start + size] for start in range(0, len(photos), size))


def joined(outputs: Iterable[Any]) -> np.ndarray:
    return np.concatenate([features for (features,) in outputs])


@contextlib.contextmanager
def clock() -> Iterator[Callable[[], float]]:
    """Time a block. The value is a function that returns its seconds afterwards."""
    began = time.perf_counter()
    ended = began
    yield lambda: ended - began
    ended = time.perf_counter()


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Suppress the output of exporters."""
    import logging

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


def measure_ready(network: keras.Model, rounds: int) -> dict[str, dict[str, float] | None]:
    """Return the median seconds of each step by engine; ``None`` if it is not installed."""
    found: dict[str, list[dict[str, float]]] = {engine: [] for engine in READY}
    for _ in range(rounds):
        for engine, ready in READY.items():
            if not missing(engine.split(",")[0]):
                found[engine].append(ready(network))
    return {
        engine: {step: median(each[step] for each in steps) for step in steps[0]} if steps else None
        for engine, steps in found.items()
    }


def measure_speed(
    network: keras.Model, photos: np.ndarray, rounds: int
) -> tuple[dict[tuple[str, int], float], dict[str, float]]:
    """Return median photos per second by engine and batch, and differences from Keras."""
    runs: dict[tuple[str, int], Run] = {}
    differences: dict[str, float] = {}
    expected = np.asarray(network(photos[:3], training=False))
    for engine in ENGINES:
        if missing(engine):
            continue
        opened = OPEN[engine](network)
        for at_a_time in AT_A_TIME:
            run = opened(at_a_time)
            runs[engine, at_a_time] = run
            # This is also the first, slow run, which is not measured.
            difference = relative_difference([run(photos[:32])[:3]], [expected])
            differences[engine] = max(difference, differences.get(engine, 0.0))
    speeds: dict[tuple[str, int], list[float]] = {key: [] for key in runs}
    for _ in range(rounds):
        for key, run in runs.items():
            with clock() as seconds:
                run(photos)
            speeds[key].append(len(photos) / seconds())
    return {key: median(each) for key, each in speeds.items()}, differences


def main(
    output: Annotated[Path, typer.Option(help="The page to write.")] = Path("docs/engines.md"),
    rounds: Annotated[int, typer.Option(help="Measurements of each figure.")] = 3,
    share: Annotated[float, typer.Option(help="Share of the photos; less is a rehearsal.")] = 1.0,
) -> None:
    """Measure TensorFlow, OpenVINO and ONNX Runtime in turn and write the page."""
    rng = np.random.default_rng(0)
    ready = Table("network", "engine", "convert, s", "compile, s", title="From Keras to ready")
    title = "Photos per second, by photos at a time"
    speed = Table("network", "engine", *map(str, AT_A_TIME), "from Keras", title=title)
    described, began = machine(), time.monotonic()
    for name, photos in NETWORKS.items():
        network = build(name)
        pixels = rng.integers(0, 256, (max(32, int(photos * share)), SIZE, SIZE, 3), dtype=np.uint8)
        for engine, steps in measure_ready(network, rounds).items():
            ready.add_row(
                name, engine, *cells(engine, list(steps.values()) if steps else None, width=2)
            )
        speeds, differences = measure_speed(network, pixels, rounds)
        for engine in ENGINES:
            found = [speeds[engine, n] for n in AT_A_TIME] if engine in differences else None
            difference = f"{differences[engine]:.0e}" if engine in differences else ""
            speed.add_row(name, engine, *cells(engine, found, width=len(AT_A_TIME)), difference)
    Console().print(ready, speed)
    page = PAGE.format(
        machine=described,
        ready=markdown(ready),
        speed=markdown(speed),
        per_request=PHOTOS_PER_REQUEST,
        rounds=rounds,
    )
    output.write_text(page, encoding="utf-8")
    Console().print(f"{output} written after {time.monotonic() - began:.0f} s")


def cells(engine: str, figures: Sequence[float] | None, *, width: int) -> list[str]:
    if figures is None:
        return [f"not installed: {missing(engine.split(',')[0])}", *[""] * (width - 1)]
    return [f"{figure:.3g}" for figure in figures]


def markdown(table: Table) -> str:
    """Return a rich table as Markdown."""
    columns = [[str(column.header), *map(str, column.cells)] for column in table.columns]
    head, *rows = zip(*columns, strict=True)
    return markdown_table(head, rows)


def machine() -> str:
    """Return sentences on the machine and the versions."""
    flags = Path("/proc/cpuinfo")
    text = flags.read_text() if flags.exists() else ""
    model = next(
        (line.split(":")[1].strip() for line in text.splitlines() if "model name" in line),
        platform.processor() or platform.machine(),
    )
    wide = [
        flag
        for flag in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile")
        if f" {flag}" in text
    ]
    versions = ", ".join(f"{name} {version(name) or 'not installed'}" for name in PACKAGES)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
    gpus = len(tf.config.get_visible_devices("GPU"))
    return (
        f"{os.cpu_count()} cores of {model} ({', '.join(wide) or 'no vector flags known'}), "
        f"{gpus} GPUs, {platform.system()}, Python {platform.python_version()}; {versions}. "
        f"Load average before: {load}."
    )


PAGE = """\
# Engines for the frozen part

<!-- Written by benchmarks/engines.py, prose included; change it there. -->

Frozen layers give the same output for the same photo, so they run once per photo. On a CPU they run
on a compiled engine, OpenVINO, and with a GPU in TensorFlow. This page has the measurements and the
reasons.

## Measured

{machine}

Networks at 224 px, from pixels (normalisation included) to the averaged outputs of all stages; in
float32; random pixels; medians of {rounds}, engines in turn within one run. Imports are not
included. EfficientNet-Lite0 has its ImageNet weights, the others have random weights.

The first table has the time to prepare a network. "Convert" is from the Keras network to the format
of the engine, "compile" from there to a running engine. For TensorFlow, it is the first batch,
including tracing. ONNX Runtime is measured with the exporter of Keras and with the graph that
OpenVINO uses.

{ready}

The second table has the photos per second, by the number of photos per request. OpenVINO processes
several requests at once, one per stream. The others use all cores for one request. "From Keras" is
the largest difference from the outputs of Keras, relative to their standard deviation.

{speed}

## Why OpenVINO

- **Shortest preparation.** The graph is traced once, with constant weights, and passed in memory.
  Converting to ONNX takes many times as long: on a small data set, longer than processing the
  photos.
- **Highest speed**, already with few photos per request, so batches of any size are fast.
- **No further packages for the conversion.** ONNX also needs `tf2onnx` and `onnx`, and the exporter
  of Keras works around parts that NumPy 2 removed.
- **Wheels** for Linux (x86-64 and arm64), Windows (x86-64) and macOS (arm64), like TensorFlow, for
  Python 3.10 to 3.14 and NumPy 2. The licence is Apache-2.0.
- **Disadvantage**: the download is larger than that of ONNX Runtime.
- **Telemetry.** `import openvino` sends data to its vendor and stores an id in the home folder
  without asking, and `openvino.convert_model` sends more. `transferleaf` hides the telemetry
  package during the import and calls the converter below `convert_model`, so neither happens.

## What the engine does

- It takes {per_request} photos per request. Larger requests are not faster if each core has its own
  stream, and need more padding at the end of a batch.
- It computes in float32 even if the CPU supports bfloat16, which is faster but changes the outputs
  by far more than the tolerance below.
- Its outputs for the first photos are compared with those of Keras. If they differ by more than
  0.001 standard deviations, or if the network cannot be converted, TensorFlow runs the network, and
  a message gives the reason.
- It uses the weights that the network had when the engine was opened.
"""


if __name__ == "__main__":
    typer.run(main)
