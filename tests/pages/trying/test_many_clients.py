"""Many clients at once, through real connections."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.pages.trying.conftest import BLUE, GREEN, RED, photo_of
from tests.pages.trying.stand_in import CLASSES, ColourModel
from transferleaf.pages.trying.limits import Limits

COLOURS = [RED, GREEN, BLUE]


class Slow(ColourModel):
    """Takes a moment for each request, or waits until it is let go."""

    def __init__(self):
        self.begun, self.go_on = threading.Event(), threading.Event()

    def predict_photos(self, paths, *, top_k=5):
        self.begun.set()
        assert self.go_on.wait(30)
        return super().predict_photos(paths, top_k=top_k)


def send(url, *photos):
    """Send photos, and return the status and the JSON of the answer."""
    parts = b"".join(
        b"--x\r\nContent-Disposition: form-data; name=photo; filename=%s\r\n\r\n%s\r\n"
        % (name.encode(), content)
        for name, content in photos
    )
    request = urllib.request.Request(
        f"{url}api/predict",
        data=parts + b"--x--\r\n",
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_of_twenty_clients_each_gets_its_own_answers(served, app_of):
    url = served(app_of(limits=Limits(requests=100)))
    contents = [photo_of(colour, size=size) for size in (16, 300) for colour in COLOURS]

    def ask(client):
        wrong = []
        for turn in range(5):
            number = client + turn
            photos = [(f"{client}-{n}.jpg", contents[n % 6]) for n in (number, number + 1)]
            status, answer = send(url, *photos)
            expected = [CLASSES[n % 3] for n in (number, number + 1)]
            found = [(each["name"], each["label"]) for each in answer["photos"]]
            names = [name for name, _ in photos]
            if status != 200 or found != list(zip(names, expected, strict=True)):
                wrong.append(found)
        return wrong

    with ThreadPoolExecutor(20) as clients:
        wrong = [each for found in clients.map(ask, range(20)) for each in found]

    assert wrong == []


def test_when_the_queue_is_full_others_are_told_to_come_again(served, app_of):
    model = Slow()
    url = served(app_of(model, limits=Limits(requests=2)))
    red = ("leaf.jpg", photo_of(RED))

    with ThreadPoolExecutor(2) as clients:
        inside = [clients.submit(send, url, red) for _ in range(2)]
        assert model.begun.wait(30)
        told = wait_for_refusal(url, red)
        model.go_on.set()
        answered = [each.result()[0] for each in inside]

    assert told["error"]["code"] == "busy"
    assert answered == [200, 200]
    assert send(url, red)[0] == 200


def wait_for_refusal(url, photo):
    """The answer once both places are taken."""
    # The second request may still be on its way; then this one waits for the model as well.
    for _ in range(100):
        with ThreadPoolExecutor(1) as client:
            status, answer = client.submit(send_briefly, url, photo).result()
        if status == 503:
            return answer
        time.sleep(0.05)
    return pytest.fail("nobody was told to come again")


def send_briefly(url, photo):
    try:
        return send(url, photo)
    except TimeoutError:
        return 0, {}
