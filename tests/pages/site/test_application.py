from __future__ import annotations

import pytest


@pytest.mark.parametrize("path", ["/", "/absent", "/fail", "/stumble", "/static/site/site.css"])
def test_every_answer_forbids_what_comes_from_elsewhere(client, path):
    headers = client().get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_answers_are_kept_nowhere_and_files_are_asked_for_again(client):
    asking = client()

    assert asking.get("/").headers["cache-control"] == "no-store"
    assert asking.get("/static/site/site.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/absent", 404, "not_found"),
        ("/count", 405, "wrong_method"),
        ("/fail", 500, "failed"),
        ("/stumble", 500, "internal"),
    ],
)
def test_an_error_is_json_with_a_code(client, path, status, code):
    answer = client().get(path)

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


def test_an_error_of_ours_is_told_and_another_stays_in_the_terminal(client):
    asking = client()

    assert "it is damaged." in asking.get("/fail").json()["error"]["message"]
    assert "a secret" not in asking.get("/stumble").text


def test_a_client_that_hangs_up_leaves_no_traceback(client, capsys):
    assert client().get("/hang-up").status_code == 400

    assert capsys.readouterr().err == ""


def test_people_get_an_error_as_a_page(client):
    answer = client().get("/absent", headers={"accept": "text/html,*/*"})

    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text


def test_a_body_up_to_the_limit_is_read(client):
    assert client().post("/count", content=b"x" * 100).text == "100"


def test_a_larger_body_is_refused_before_it_comes(client):
    answer = client().post("/count", content=b"x" * 101)

    assert answer.status_code == 413
    assert answer.json()["error"] == {
        "code": "too_large",
        "message": "the request has more than 100 bytes; send fewer or smaller photos.",
    }


def test_a_larger_body_without_a_length_is_refused_while_it_comes(client):
    answer = client().post("/count", content=iter([b"x" * 60] * 5))

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize("path", ["/static/site/../site.py", "/static/site/%2e%2e/access.py"])
def test_only_the_files_of_a_page_are_given(client, path):
    assert client().get(path).status_code == 404
