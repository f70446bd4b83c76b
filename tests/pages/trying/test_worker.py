from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from transferleaf.pages.site.failures import Refused
from transferleaf.pages.trying.worker import Worker


def run(work):
    """Run a coroutine in a thread, because Playwright may have left an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


@pytest.fixture
def worker():
    made = Worker(requests=2)
    yield made
    made.close()


def test_one_request_uses_the_model_at_a_time(worker):
    inside, most = 0, 0

    def work():
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        inside -= 1
        return threading.current_thread().name

    async def many():
        return await asyncio.gather(*(worker.do(work) for _ in range(20)))

    names = run(many)

    assert most == 1
    assert len(set(names)) == 1


def test_requests_beyond_the_last_place_are_told_to_come_again(worker):
    with worker.place(), worker.place(), pytest.raises(Refused) as refused, worker.place():
        pass

    assert refused.value.status_code == 503
    assert refused.value.headers == {"retry-after": "2"}


def test_a_place_is_free_again_after_a_request_that_failed(worker):
    for _ in range(5):
        with pytest.raises(RuntimeError), worker.place():
            raise RuntimeError

    with worker.place(), worker.place():
        pass


def test_an_error_of_the_model_reaches_its_request(worker):
    def fail():
        raise ValueError("of this request")

    with pytest.raises(ValueError, match="of this request"):
        run(lambda: worker.do(fail))
