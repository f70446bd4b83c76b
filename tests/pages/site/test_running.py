from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from transferleaf.errors import MissingExtraError
from transferleaf.pages.site import needs, running
from transferleaf.pages.site.address import listen


def test_a_server_answers_until_it_is_stopped(served, app_with):
    url = served(app_with())

    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"hello"
        assert "server" not in answer.headers


def test_a_body_that_is_too_large_gets_its_answer_through_a_real_connection(served, app_with):
    url = served(app_with())
    request = urllib.request.Request(f"{url}count", data=b"x" * 1000)

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)

    with refused.value as answer:
        assert answer.code == 413
        assert json.load(answer)["error"]["code"] == "too_large"


def test_a_missing_package_is_told_with_its_extra(monkeypatch):
    monkeypatch.setattr(needs, "find_spec", lambda name: None if name == "uvicorn" else name)

    with pytest.raises(MissingExtraError, match=r'"transferleaf\[serve\]" installs it'):
        needs.need_site_packages("transferleaf serve")


def test_a_server_that_is_told_to_end_ends_as_after_ctrl_c(monkeypatch):
    class Server:
        def run(self, sockets):
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(running, "server_of", lambda app, started: Server())
    before = signal.getsignal(signal.SIGTERM)
    address = listen("127.0.0.1", 0)

    with closing(address.listening), pytest.raises(KeyboardInterrupt):
        running.run(None, address)

    assert signal.getsignal(signal.SIGTERM) is before
