import json
import subprocess
from dataclasses import asdict, replace

import numpy as np
import pytest
from rich.console import Console

from benchmarks.speed import bench as bench_module
from benchmarks.speed.bench import PEERS, Bench
from benchmarks.speed.job import Answer, Job
from benchmarks.speed.lines import Figures
from benchmarks.speed.photos import PhotoFolders, Selection
from benchmarks.speed.results import Measurement, Results
from transferleaf.datasets import LeafDataset

OURS = Measurement(
    contender="our_classifier",
    job=Job(task="fit", backbone="resnet50"),
    selection=Selection(layout="flat"),
    repeats=2,
)
KERAS = replace(OURS, contender="plain_keras")


class Processes:
    """Replaces processes: records the jobs and returns results."""

    def __init__(self):
        self.ran = []
        self.fastest = {}
        self.broken = ""

    def run(self, arguments, **_):
        contender = arguments[2].split(".")[-1]
        seed = json.loads(arguments[3])["seed"]
        self.ran.append((contender, seed))
        answer = Answer(seconds=float(len(self.ran)), fastest=self.fastest)
        failed = int(contender == self.broken)
        return subprocess.CompletedProcess(arguments, failed, json.dumps(asdict(answer)), "why")


@pytest.fixture
def processes(monkeypatch):
    """Prevents real processes."""
    processes = Processes()
    monkeypatch.setattr(bench_module.subprocess, "run", processes.run)
    return processes


@pytest.fixture
def bench(tmp_path):
    """A bench without photos."""
    data = LeafDataset(
        paths=(), labels=np.array([]), classes=("a", "b"), leaves=(), origin="a test"
    )
    return Bench(
        results=Results(tmp_path / "results.json", "here"),
        folders=PhotoFolders(data=data, folder=tmp_path),
        peer_python="python-of-the-peers",
        scratch=tmp_path,
        console=Console(quiet=True),
    )


@pytest.fixture(autouse=True)
def nothing_to_lay_out(monkeypatch, tmp_path):
    monkeypatch.setattr(PhotoFolders, "lay_out", lambda self, selection: tmp_path)


def test_contenders_take_turns_and_each_turn_has_another_seed(bench, processes):
    bench.in_turn({"ours": OURS, "keras": KERAS})

    turns = [("our_classifier", 0), ("plain_keras", 0), ("our_classifier", 1), ("plain_keras", 1)]
    assert processes.ran == turns


def test_processes_of_one_measurement_follow_one_another(bench, processes):
    measured = bench.in_turn({"ours": replace(OURS, repeats=1, processes=2)})

    figures = measured["ours"].figures("second run", lambda run: run[1].seconds)
    assert figures == Figures(title="second run", values=(2.0,))


def test_what_is_finished_is_not_run_again(bench, processes):
    first = bench.in_turn({"ours": OURS})
    again = bench.in_turn({"ours": replace(OURS, repeats=3)})

    assert again["ours"].runs[:2] == first["ours"].runs
    assert processes.ran == [("our_classifier", seed) for seed in (0, 1, 2)]


def test_a_bench_without_measuring_lists_missing_measurements(bench, processes):
    bench.runs_more = False

    measured = bench.in_turn({"ours": OURS})

    assert measured["ours"].figures("ours", lambda run: run[0].seconds).missing == "not measured"
    assert processes.ran == []


def test_a_missing_peer_is_reported(bench, monkeypatch):
    monkeypatch.setitem(PEERS, "timm_loop", ("a_module_that_nobody_has",))
    bench.peer_python = bench_module.sys.executable

    measured = bench.in_turn({"timm": replace(OURS, contender="timm_loop")})

    assert (measured["timm"].runs, measured["timm"].missing) == ((), "not installed")


def test_a_failure_is_reported_and_the_others_continue(bench, processes):
    processes.broken = "plain_keras"

    measured = bench.in_turn({"keras": KERAS, "ours": OURS})

    assert measured["keras"].missing == "failed"
    assert len(measured["ours"].runs) == 2


def test_settings_are_searched_for_once_and_taken_over(bench, processes):
    processes.fastest = {"batch_size": 64, "xla": True}

    tuned = [
        bench.tuned("plain Keras", replace(KERAS, job=replace(KERAS.job, epochs=epochs)))
        for epochs in (10, 5)
    ]

    assert [(side.job.batch_size, side.job.xla, side.job.epochs) for side in tuned] == [
        (64, True, 10),
        (64, True, 5),
    ]
    assert processes.ran == [("plain_keras", 0)]
