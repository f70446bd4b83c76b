"""Ctrl-C is never lost, and does not disturb cleaning up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from transferleaf.process.interrupts import interrupted, interrupts_deferred, interrupts_kept

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console")


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def work() -> None:
    """Run until an interrupt."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.01)
    pytest.fail("the interrupt was lost")


def swallowed() -> None:
    with suppress(KeyboardInterrupt):
        press()


def kept(run: Callable[[], None]) -> None:
    """Run a function inside ``interrupts_kept``, which must end with an interrupt."""
    with pytest.raises(KeyboardInterrupt), interrupts_kept():
        run()


class Leaf:
    def __del__(self) -> None:
        press()


def pressed_in_a_callback() -> None:
    leaf = type("Plain", (), {})()
    weak = weakref.ref(leaf, lambda _: press())
    del leaf
    assert weak() is None


def pressed_while_it_is_deleted() -> None:
    Leaf()


def held_by_a_frame_of_its_own() -> None:
    try:
        press()
    except KeyboardInterrupt as error:
        held = error  # a reference cycle of exception, traceback and frame
    assert held is not None


@pytest.mark.parametrize(
    "swallow",
    [swallowed, pressed_in_a_callback, pressed_while_it_is_deleted, held_by_a_frame_of_its_own],
)
def test_a_swallowed_interrupt_is_raised_again_and_prints_nothing(swallow, capfd):
    def run() -> None:
        swallow()
        work()

    kept(run)

    assert capfd.readouterr().err == ""


def test_an_error_that_was_made_of_an_interrupt_is_an_interrupt():
    def run() -> None:
        swallowed()
        raise RuntimeError("as C++ libraries say")

    kept(run)


def test_an_interrupt_swallowed_at_the_end_is_raised():
    kept(swallowed)


def test_cleaning_up_is_not_disturbed():
    done = []

    def run() -> None:
        try:
            press()
        finally:
            for step in range(6):
                time.sleep(0.2)
                done.append(step)

    kept(run)

    assert done == list(range(6))


def test_outside_nothing_is_changed():
    before = signal.getsignal(signal.SIGINT), sys.unraisablehook

    with suppress(KeyboardInterrupt), interrupts_kept():
        press()

    assert (signal.getsignal(signal.SIGINT), sys.unraisablehook) == before
    assert not interrupted()


def test_a_deferred_interrupt_waits_for_the_end_of_its_block():
    done = []

    def run() -> None:
        with interrupts_deferred():
            press()
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        run()

    assert done == ["all of it"]


def test_an_interrupt_during_an_openvino_conversion_is_raised(tiny_network, monkeypatch):
    import numpy as np
    from openvino.frontend.tensorflow.graph_iterator import GraphIteratorTFGraph

    from transferleaf.features.engines import open_engine

    nexts = GraphIteratorTFGraph.next_impl

    def press_and_go_on(self):  # called from C++
        press()
        return nexts(self)

    monkeypatch.setattr(GraphIteratorTFGraph, "next_impl", press_and_go_on)
    told = []

    with pytest.raises(KeyboardInterrupt):
        open_engine(tiny_network(), np.zeros((2, 16, 16, 3), np.uint8), tell=told.append)

    assert told == []


@pytest.mark.parametrize("after", [0.15, 0.6, 2.0])
def test_a_command_ends_with_130_and_no_traceback_while_modules_load(after, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, "advise", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    process.stdout.readline()  # Python has started

    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)

    assert (process.returncode, told.strip()) == (130, "Stopped.")


_COMMAND = """
import sys, time
from transferleaf.process.interrupts import own_the_process
own_the_process()
print("ready", flush=True)
from transferleaf.cli import app, main
from transferleaf.commands.grammar.ending import Command
from transferleaf.process.quiet_start import start_tensorflow_quietly

@app.command("advise", cls=Command)
def stand_in(folder: str) -> None:
    while True:
        start_tensorflow_quietly()
        time.sleep(0.01)
main()
"""
