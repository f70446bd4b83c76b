from __future__ import annotations

import re

import pytest

from transferleaf.errors import ConfigError
from transferleaf.pages.site.access import Access

TOKEN = "correct-horse-battery"


@pytest.mark.parametrize("host", ["127.0.0.1:7530", "localhost", "[::1]:80", "192.168.0.7"])
def test_numbers_and_names_of_this_machine_are_answered(client, host):
    assert client().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["leaf.example", "localhost.example:7530", "", "a@127.0.0.1"])
def test_a_name_that_others_can_lead_here_is_refused(client, host):
    answer = client().get("/", headers={"host": host})

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "foreign_host"


def test_behind_a_token_any_name_is_answered(client):
    headers = {"host": "leaf.example", "authorization": f"Bearer {TOKEN}"}

    assert client(Access(token=TOKEN)).get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://leaf.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_post_from_a_page_of_another_site_is_refused(client, headers):
    answer = client().post("/count", content=b"12", headers=headers)

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "foreign_origin"


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://127.0.0.1:7530"}, {"sec-fetch-site": "same-origin"}],
)
def test_a_post_of_the_page_itself_or_of_a_program_is_answered(client, headers):
    assert client().post("/count", content=b"12", headers=headers).text == "2"


@pytest.mark.parametrize(
    "given",
    [{}, {"authorization": "Bearer wrong-wrong-wrong"}, {"cookie": "transferleaf-7530=no"}],
)
def test_without_the_token_nobody_is_answered(client, given):
    answer = client(Access(token=TOKEN)).get("/", headers=given)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "token"


def test_people_without_the_token_get_a_page_that_says_where_it_is(client):
    headers = {"accept": "text/html", "accept-language": "ko"}

    answer = client(Access(token=TOKEN)).get("/", headers=headers)

    assert answer.status_code == 401
    assert '<html lang="ko">' in answer.text
    assert "터미널" in answer.text


def test_the_token_moves_from_the_address_into_a_cookie(client):
    asking = client(Access(token=TOKEN))

    first = asking.get(f"/?token={TOKEN}&lang=ko")
    second = asking.get(first.headers["location"])

    assert first.status_code == 303
    assert first.headers["location"] == "/?lang=ko"
    assert "HttpOnly" in first.headers["set-cookie"]
    assert second.text == "hello"


@pytest.mark.parametrize("path", ["//leaf.example", "///leaf.example/a", "/\\leaf.example"])
def test_an_address_with_a_token_leads_to_no_other_host(client, path):
    answer = client(Access(token=TOKEN)).get(f"http://127.0.0.1:7530{path}?token={TOKEN}")

    assert re.match(r"/([^/\\]|$)", answer.headers["location"])


def test_a_wrong_token_in_the_address_is_no_cookie(client):
    answer = client(Access(token=TOKEN)).get("/?token=wrong-wrong-wrong")

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_on_loopback_no_token_is_needed_and_elsewhere_a_random_one():
    assert Access.at("127.0.0.1").token is None
    assert Access.at("0.0.0.0").token != Access.at("0.0.0.0").token
    assert Access.at("0.0.0.0", "none").token is None
    assert Access.at("127.0.0.1", TOKEN).token == TOKEN


@pytest.mark.parametrize("token", ["short", "with a blank in it", "x" * 201])
def test_a_token_that_is_easy_to_guess_or_breaks_an_address_is_refused(token):
    with pytest.raises(ConfigError, match=f"{len(token)} characters"):
        Access.at("127.0.0.1", token)


def test_no_error_and_no_repr_tells_the_token():
    assert TOKEN not in repr(Access(token=TOKEN))
