"""Measure ``transferleaf serve``: start, times of requests, memory over thousands of them.

    python -m benchmarks.serving leaf.onnx runs/2026-01-31-leaves --photos PHOTOS \\
        --page docs/serving.md

Each model is served by a process of its own, as ``transferleaf serve`` starts it. Clients send one
photo after the other and compare each answer with that of a first pass, so that a wrong pairing of
answers would be seen. Memory is that of the server's process, read between the requests. The
numbers are kept in ``serving_measured.json``; without models, the page is written from them.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Annotated, Any

import psutil
import typer

from benchmarks.speed.machine import describe_machine
from transferleaf.datasets.photos.files import photos_below

MEASURED = Path(__file__).with_name("serving_measured.json")
CLIENTS = 4
STARTS = 3
PHOTOS = 100
HEAT_MAPS = 50
# Memory is read so many times over the requests.
LOOKS = 8
_PATIENCE = 120.0


def main(
    models: Annotated[list[Path] | None, typer.Argument(metavar="MODELS")] = None,
    photos: Annotated[Path | None, typer.Option(help="Folder with photos to send.")] = None,
    requests: Annotated[int, typer.Option(min=LOOKS)] = 2000,
    page: Annotated[Path | None, typer.Option(help="Page to write.")] = None,
) -> None:
    if models and photos is None:
        raise typer.BadParameter("measuring needs --photos")
    if models and photos is not None:
        chosen = spread(sorted(photos_below(photos)), PHOTOS)
        for model in models:
            keep(measured(model, chosen, requests))
    if page is not None:
        page.write_text(written(json.loads(MEASURED.read_text("utf-8"))), encoding="utf-8")


def keep(model: Mapping[str, Any]) -> None:
    """Write what was measured, beside what was measured of other models."""
    known = json.loads(MEASURED.read_text("utf-8"))["models"] if MEASURED.exists() else []
    models = [*(each for each in known if each["name"] != model["name"]), model]
    found = {"machine": describe_machine(), "models": models}
    MEASURED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def spread(photos: Sequence[Path], number: int) -> list[Path]:
    """Some of the photos, from everywhere among them."""
    return list(islice(photos[:: max(1, len(photos) // number)], number))


def measured(model: Path, photos: Sequence[Path], requests: int) -> dict[str, Any]:
    """Serve a model, and measure it."""
    starts, start_cpu = [], []
    for _ in range(STARTS - 1):
        with served(model) as (_, process, seconds):
            starts.append(seconds)
            start_cpu.append(processor_seconds(process))
    with served(model) as (url, process, seconds):
        starts.append(seconds)
        start_cpu.append(processor_seconds(process))
        contents = [path.read_bytes() for path in photos]
        expected = [answer_of(url, content)["label"] for content in contents]
        facts = json.load(urllib.request.urlopen(f"{url}api/model"))
        before = processor_seconds(process)
        memory, times, wrong, failed = soak(url, process, contents, expected, requests)
        cpu = processor_seconds(process) - before
        heat = [timed(url, "explain", contents[n % len(contents)])[1] for n in range(HEAT_MAPS)]
    return {
        "name": facts["format"] if facts["format"] != "keras" else "run folder",
        "requests": requests,
        "start_seconds": median(starts),
        "start_processor_seconds": median(start_cpu),
        "processor_ms": 1000 * cpu / requests,
        "median_ms": 1000 * median(times),
        "p95_ms": 1000 * quantiles(times, n=20)[-1],
        "per_second": len(times) / memory["seconds"],
        "wrong": wrong,
        "failed": failed,
        "memory_mb": memory["mb"],
        "heat_map_ms": 1000 * median(heat) if facts["explains"] else None,
    }


@contextmanager
def served(model: Path) -> Iterator[tuple[str, psutil.Process, float]]:
    """Start the server, and wait until it answers: its address, process and seconds to start."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transferleaf", "serve", str(model), "--no-open"]
    begin = time.perf_counter()
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}api/model", timeout=_PATIENCE).close()
                break
            except (urllib.error.URLError, ConnectionError):
                if process.poll() is not None or time.perf_counter() - begin > _PATIENCE:
                    raise
                time.sleep(0.02)
        yield url, psutil.Process(process.pid), time.perf_counter() - begin
    finally:
        process.terminate()
        process.wait()


def soak(
    url: str,
    process: psutil.Process,
    contents: Sequence[bytes],
    expected: Sequence[str],
    requests: int,
) -> tuple[dict[str, Any], list[float], int, int]:
    """Send requests from several clients; memory and seconds, times, wrong and failed answers."""
    times: list[float] = []
    wrong = failed = 0
    mb = [megabytes(process)]
    seconds = 0.0
    with ThreadPoolExecutor(CLIENTS) as clients:
        for look in range(LOOKS):
            numbers = range(look * requests // LOOKS, (look + 1) * requests // LOOKS)
            begin = time.perf_counter()
            asked = clients.map(
                lambda n: timed(url, "predict", contents[n % len(contents)]), numbers
            )
            for number, (answer, took) in zip(numbers, asked, strict=True):
                times.append(took)
                if answer is None:
                    failed += 1
                elif answer["photos"][0]["label"] != expected[number % len(contents)]:
                    wrong += 1
            seconds += time.perf_counter() - begin
            mb.append(megabytes(process))
    return {"mb": mb, "seconds": seconds}, times, wrong, failed


def megabytes(process: psutil.Process) -> int:
    """Memory of a process."""
    return round(process.memory_info().rss / 1e6)


def processor_seconds(process: psutil.Process) -> float:
    """Seconds of all cores that a process has had."""
    times = process.cpu_times()
    return float(times.user + times.system)


def answer_of(url: str, content: bytes) -> Mapping[str, Any]:
    """The prediction for a photo."""
    answer, _ = timed(url, "predict", content)
    if answer is None:
        raise RuntimeError("the server does not answer")
    found: Mapping[str, Any] = answer["photos"][0]
    return found


def timed(url: str, verb: str, content: bytes) -> tuple[Mapping[str, Any] | None, float]:
    """Send a photo: the JSON of the answer, ``None`` where there is none, and the seconds."""
    body = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="leaf.jpg"\r\n\r\n'
    request = urllib.request.Request(
        f"{url}api/{verb}",
        data=body + content + b"\r\n--x--\r\n",
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    begin = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as error:
        error.close()
        found = None
    return found, time.perf_counter() - begin


def written(found: Mapping[str, Any]) -> str:
    """The page, prose included."""
    models = found["models"]
    return _PAGE.format(
        clients=CLIENTS,
        machine=found["machine"],
        starts=STARTS,
        rows="\n".join(map(_row, models)),
        wrong=f"{sum(model['wrong'] for model in models):,}",
        failed=f"{sum(model['failed'] for model in models):,}",
        heading=" | ".join(f"{n}/{LOOKS}" for n in range(LOOKS + 1)),
        rule=" --- |" * (LOOKS + 1),
        memory="\n".join(map(_memory_row, models)),
    )


def _row(model: Mapping[str, Any]) -> str:
    return (
        f"| {model['name']} | {model['requests']:,} | {model['start_processor_seconds']:.1f} "
        f"| {model['processor_ms']:.0f} |"
    )


def _memory_row(model: Mapping[str, Any]) -> str:
    return f"| {model['name']} | {' | '.join(f'{mb:,}' for mb in model['memory_mb'])} |"


_PAGE = """\
# Serving

<!-- Written by benchmarks/serving.py, prose included; change it there. -->

This page measures `transferleaf serve`; [Try a model in the browser](how-to/try-in-the-browser.md)
describes it. {clients} clients send requests with one photo each, one after the other. Each
prediction is compared with that of a first pass. The command is

```sh
python -m benchmarks.serving leaf.onnx RUN --photos PHOTOS --page docs/serving.md
```

EfficientNet-Lite0 at 160 px, with a head for 30 classes of PlantVillage.
{machine}.

| model | requests | start, s | request, ms |
| --- | --- | --- | --- |
{rows}

The table gives CPU times, summed over all cores, because other work ran on the machine.
The start lasts from the command to the first response, the median of {starts}. Of all requests,
{wrong} got the prediction of another photo, and {failed} failed. `benchmarks/serving_measured.json`
also has wall-clock times.

Memory of the server in MB, before the requests (0/8) and up to their end (8/8):

| model | {heading} |
| --- |{rule}
{memory}
"""


if __name__ == "__main__":
    typer.run(main)
