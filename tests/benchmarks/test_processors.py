"""CPU time includes that of processes that ended without a waiting parent."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.processors import Processors

# Like Ray's processes: no process waits for the worker, so its time is not added to a parent.
PARENT_THAT_DOES_NOT_WAIT = """
import signal, subprocess, sys, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
work = "import time\\nwhile time.process_time() < 2: pass"
worker = subprocess.Popen([sys.executable, "-c", work])
while worker.poll() is None:
    time.sleep(0.1)
time.sleep(1)
"""


def test_the_time_of_a_worker_without_a_waiting_parent_counts():
    with Processors() as processors:
        subprocess.run([sys.executable, "-c", PARENT_THAT_DOES_NOT_WAIT], check=True)

    assert 1 < processors.seconds < 20


def test_what_was_done_before_does_not_count():
    work = "import time\nwhile time.process_time() < 2: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()

        with Processors() as processors:
            pass
        worker.communicate(b"\n")

    assert processors.seconds == pytest.approx(0, abs=0.5)
