"""Ctrl-C sent to a running process; see ``stand_ins``."""

from __future__ import annotations

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console"),
]


@pytest.fixture
def stopped(monkeypatch, tmp_path):
    """Starts a command in an empty folder, and interrupts it at a given point."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str, once: Callable[[], bool]):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.commands.stand_ins", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "160", "TERM": "dumb"},
        )
        deadline = time.monotonic() + 240
        while process.poll() is None and not once() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=240)
        return process.returncode, errors.splitlines()[-1]

    return call


def lines_of(name: str) -> list[str]:
    return Path(name).read_text().splitlines() if Path(name).exists() else []


PHOTOS = [f"{number}.jpg" for number in range(8)]


def test_rows_of_a_stopped_predict_are_whole(stopped):
    ended = stopped(
        "predict", "leaf.keras", *PHOTOS, "--csv", "a.csv", "--jsonl", "a.jsonl",
        once=lambda: len(lines_of("a.jsonl")) >= 4,
    )  # fmt: skip

    assert ended == (
        130,
        "Stopped after 4 photos; their rows are in 'a.csv' and 'a.jsonl'. "
        "Continue with one of them and --resume.",
    )
    assert [json.loads(line)["path"] for line in lines_of("a.jsonl")] == PHOTOS[:4]
    with Path("a.csv").open(newline="") as file:
        assert [row["path"] for row in csv.DictReader(file)] == PHOTOS[:4]


def test_pictures_of_a_stopped_explain_are_whole(stopped):
    last = Path("why/3.png")

    ended = stopped("explain", "leaf.keras", *PHOTOS, "--output", "why", once=last.exists)

    assert ended == (
        130,
        "Stopped after 4 photos; 4 pictures are in 'why', complete. "
        "To continue, name the other photos.",
    )
    for path in Path("why").iterdir():
        with Image.open(path) as picture:
            picture.load()


def test_a_stopped_evaluate_leaves_no_half_file(stopped):
    for name in ("a", "b"):
        Path("photos", name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(Path("photos", name, "leaf.png"))

    ended = stopped(
        "evaluate", "leaf.keras", "photos", "--html", "a.html", "--json", "a.json",
        once=Path("begun").exists,
    )  # fmt: skip

    assert ended == (
        130,
        "Stopped. Files are written at the end; the same command starts again.",
    )
    assert sorted(path.name for path in Path().iterdir()) == ["begun", "photos"]


def test_a_stopped_server_ends_though_a_prediction_is_at_work(stopped):
    pytest.importorskip("starlette", reason="the extra serve is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api/"

    def is_at_work():
        try:
            urllib.request.urlopen(f"{url}model").close()
        except OSError:
            return False
        threading.Thread(target=ask_without_end, args=(f"{url}predict",), daemon=True).start()
        time.sleep(1)  # it is computing by then; if not, the server ends all the sooner
        return True

    ended = stopped("serve", "leaf.keras", "--no-open", "--port", str(port), once=is_at_work)

    assert ended == (130, "Stopped; no photo was kept.")


def ask_without_end(url):
    """Send five photos, of which the stand-in has no more than three left."""
    part = b"--x\r\nContent-Disposition: form-data; name=photo; filename=1.jpg\r\n\r\n1\r\n"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    with suppress(OSError):
        urllib.request.urlopen(urllib.request.Request(url, 5 * part + b"--x--\r\n", headers))
