from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

pytest.importorskip("starlette", reason="the extra serve is not installed")

from tests.pages.trying.stand_in import ColourModel, ExportedColourModel
from transferleaf.cli import app
from transferleaf.commands import serve as serve_command
from transferleaf.pages.site import needs, running


@pytest.fixture
def served(monkeypatch):
    """What the server was given, which ends at once by Ctrl-C."""
    seen = SimpleNamespace(app=None, url="")

    def run(app, address, *, started):
        started()
        seen.app, seen.url = app, address.url()
        address.listening.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "run", run)
    return seen


@pytest.fixture
def run(monkeypatch, served):
    """Runs the command in this process with the stand-in."""
    model = ColourModel()
    monkeypatch.setattr(serve_command, "open_model", lambda path, trust: model)

    def call(*words, env=None):
        settings = {"COLUMNS": "120", "TERM": "dumb", "TRANSFERLEAF_TOKEN": "", **(env or {})}
        return CliRunner().invoke(app, ["serve", "leaf.keras", *map(str, words)], env=settings)

    return call


def test_it_tells_where_the_page_is_and_ends_with_130(run, served):
    answer = run()

    assert answer.exit_code == 130
    assert answer.stdout == f"leaf.keras: {served.url}\nPress Ctrl-C to stop.\n"
    assert answer.stderr == "Stopped; no photo was kept.\n"


def test_it_says_how_many_photos_were_kept(run, tmp_path):
    answer = run("--keep", tmp_path / "kept")

    assert answer.stderr == f"Stopped; 0 photos kept in {str(tmp_path / 'kept')!r}.\n"
    assert (tmp_path / "kept" / "photos.csv").is_file()


def test_on_the_network_it_warns_and_makes_a_token(run):
    answer = run("--host", "0.0.0.0")

    assert "warning: this listens on the network: only those who know the token" in answer.stderr
    assert "?token=" in answer.stdout


def test_without_a_token_on_the_network_it_says_who_can_see_the_page(run):
    answer = run("--host", "0.0.0.0", "--token", "none")

    assert "without a token, all of it can see this page" in answer.stderr
    assert "token=" not in answer.stdout


def test_a_token_can_come_from_the_environment(run):
    answer = run(env={"TRANSFERLEAF_TOKEN": "correct-horse-battery"})

    assert "?token=correct-horse-battery" in answer.stdout


def test_a_token_that_is_too_short_is_wrong_usage_and_not_repeated(run):
    answer = run("--token", "secret")

    assert answer.exit_code == 2
    assert "--token 6 characters must have 12 to 200 letters" in answer.stderr
    assert "secret" not in answer.output


def test_a_taken_port_is_told_before_the_model_is_loaded(run, monkeypatch):
    monkeypatch.setattr(serve_command, "open_model", lambda *_: pytest.fail("it was loaded"))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        answer = run("--port", port)

    assert answer.exit_code == 2
    assert f"--port {port} must be free; another program uses it." in answer.stderr


def test_a_missing_package_is_told_before_anything_is_loaded(run, monkeypatch):
    monkeypatch.setattr(serve_command, "open_model", lambda *_: pytest.fail("it was loaded"))
    monkeypatch.setattr(needs, "find_spec", lambda name: None)

    answer = run()

    assert answer.exit_code == 1
    assert 'pip install "transferleaf[serve]" installs it.' in answer.stderr


def test_a_model_that_fails_is_told_before_anybody_asks(run, served, monkeypatch):
    from transferleaf.errors import NotTrainedError

    def fail(*arguments, **options):
        raise NotTrainedError("a prediction")

    monkeypatch.setattr(ColourModel, "predict_photos", fail)

    answer = run()

    assert answer.exit_code == 1
    assert "this classifier is not trained" in answer.stderr
    assert served.app is None


def test_an_exported_file_is_served_as_well(run, served, monkeypatch):
    monkeypatch.setattr(serve_command, "open_model", lambda path, trust: ExportedColourModel())

    assert run().exit_code == 130
    assert served.app is not None


def test_a_browser_opens_where_it_is_asked_for(run, served, monkeypatch):
    opened = []
    monkeypatch.setattr(running, "open_browser", opened.append)

    run("--no-open")
    run("--open")

    assert opened == [served.url]
