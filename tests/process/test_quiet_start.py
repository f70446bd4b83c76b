"""Commands start TensorFlow quietly. A stand-in prints like TensorFlow."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from transferleaf.process.quiet_start import told_meanwhile

TALKS = "import os\nos.write(2, b'cuda drivers not found\\n')\n"
HAS_DEVICES = "class config:\n    list_physical_devices = staticmethod(list)\n"
START = "from transferleaf.process.quiet_start import start_tensorflow_quietly as start; start()"


@pytest.fixture
def started(tmp_path):
    """Start a TensorFlow with this source in a separate process, then write a line to stderr."""

    def run(source, **settings):
        (tmp_path / "tensorflow.py").write_text(source)
        script = f"{START}; import sys; sys.stderr.write('after')"
        folders = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}
        environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
        environment.update(settings)
        command = [sys.executable, "-c", script]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


def test_its_output_at_the_start_is_not_shown(started):
    assert started(TALKS + HAS_DEVICES).stderr == "after"


def test_its_output_is_shown_if_it_fails(started):
    ended = started(TALKS + "raise ImportError('no such library')\n")

    assert ended.returncode == 1
    assert ended.stderr.startswith("cuda drivers not found\n")
    assert ended.stderr.endswith("ImportError: no such library\n")


def test_its_output_is_shown_on_request(started):
    ended = started(TALKS + HAS_DEVICES, TF_CPP_MIN_LOG_LEVEL="0")

    assert ended.stderr == "cuda drivers not found\nafter"


def test_the_garbage_collector_pauses_during_the_import(started):
    paused = "import gc, sys\nsys.stdout.write(f'{gc.isenabled()} ')\n"
    after = "lambda: print(gc.isenabled(), gc.get_freeze_count() > 0)"

    answer = started(paused + HAS_DEVICES.replace("(list)", f"({after})"))

    assert answer.stdout == "False True True\n"


def test_a_process_without_stderr_starts_too():
    script = "import os; os.close(2); "
    script += "from transferleaf.process.quiet_start import stderr_held_back as held"
    script += "\nwith held(): print('ran')"

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)

    assert ended.stdout.split() == [b"ran"]


def test_nothing_happens_if_it_is_already_imported():
    script = "import sys; sys.modules['tensorflow'] = None; " + START

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)

    assert ended.returncode == 0


def test_optional_packages_of_keras_are_not_loaded(started, tmp_path):
    optional = ("matplotlib", "pandas", "sklearn")
    for name in optional:
        (tmp_path / f"{name}.py").touch()
    source = f"""
import importlib, sys
for name in {optional}:
    try:
        importlib.import_module(name)
    except ImportError:
        sys.stderr.write("absent, ")
"""
    shown = started(source + HAS_DEVICES, TF_CPP_MIN_LOG_LEVEL="0").stderr

    assert shown == "absent, absent, absent, after"


def test_they_can_be_imported_afterwards():
    script = f"{START}; import matplotlib; print(matplotlib.__name__)"

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)

    assert ended.stdout.split() == [b"matplotlib"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_wait_is_explained_on_a_terminal_and_erased_afterwards(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())

    with told_meanwhile("Loading ..."):
        assert sys.stderr.getvalue() == "Loading ..."

    assert sys.stderr.getvalue() == f"Loading ...\r{' ' * 11}\r"


def test_nothing_is_written_into_a_file(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())

    with told_meanwhile("Loading ..."):
        pass

    assert sys.stderr.getvalue() == ""
