from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from transferleaf.errors import MissingExtraError
from transferleaf.pages.site import needs


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
