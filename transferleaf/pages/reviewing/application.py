"""The web application of a review: its page, the questions as JSON, photos, and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from transferleaf.errors import DecisionConflictError, DecisionError, ReviewWriteError
from transferleaf.pages.reviewing.photos import ShownPhotos
from transferleaf.pages.reviewing.questions import Questions, translated_sentences
from transferleaf.pages.site.access import Access
from transferleaf.pages.site.application import application
from transferleaf.pages.site.failures import JsonAnswer, Refused
from transferleaf.pages.site.layout import Layout
from transferleaf.reviewing.items import Action
from transferleaf.reviewing.review import Review

_HERE = Path(__file__).parent
# Bytes of a decision, which contains a few names.
_MOST_BYTES = 64 * 1024


def review_application(
    review: Review, *, access: Access, finish: Callable[[Mapping[str, str]], str]
) -> ASGIApp:
    """Create the web application of a review.

    Args:
        review: The review.
        access: Who has access.
        finish: Function that writes the results and describes them, with sentences by check.
    """
    return _Answers(review, finish).application(access)


class _Answers:
    """The request handlers. Work on files runs in threads."""

    def __init__(self, review: Review, finish: Callable[[Mapping[str, str]], str]) -> None:
        self._review = review
        self._finish = finish
        self._layout = Layout.of(_HERE)
        self._photos = ShownPhotos(review.subject)
        self._questions = Questions(review, self._photos)

    def application(self, access: Access) -> ASGIApp:
        routes = [
            Route("/", self._page),
            Route("/api/review", self._overview),
            Route("/api/questions/{number:int}", self._question),
            Route("/api/decisions", self._decide, methods=["POST"]),
            Route("/api/undo", self._undo, methods=["POST"]),
            Route("/api/finish", self._write, methods=["POST"]),
            Route("/photos/{photo:int}/{side:int}", self._photo),
        ]
        return application(routes, static=_HERE / "static", access=access, max_body=_MOST_BYTES)

    async def _page(self, request: Request) -> Response:
        return self._layout.page(
            request,
            "review.html.j2",
            new=self._review.subject.new,
            version=self._photos.version,
            script_words={
                key.removeprefix("script."): text
                for key, text in self._layout.words(request).items()
                if key.startswith("script.")
            },
        )

    async def _overview(self, request: Request) -> Response:
        words = self._layout.words(request)
        return JsonAnswer(await run_in_threadpool(self._questions.overview, words))

    async def _question(self, request: Request) -> Response:
        number = request.path_params["number"]
        if number >= len(self._review.subject.items):
            raise Refused(404, "not_found", "this review does not ask about it.")
        words = self._layout.words(request)
        return JsonAnswer(await run_in_threadpool(self._questions.question, number, words))

    async def _photo(self, request: Request) -> Response:
        return await run_in_threadpool(
            self._photos.answer, request.path_params["photo"], request.path_params["side"]
        )

    async def _decide(self, request: Request) -> Response:
        told = await _body(request)
        action: Any = told.get("action")
        if action not in get_args(Action) or not isinstance(told.get("key"), str):
            raise Refused(400, "bad_request", "a decision needs a key and an action.")
        seen = told.get("seen")
        if not (seen is None or type(seen) is int):
            raise Refused(400, "bad_request", "'seen' is the number of a decision.")

        def decide() -> None:
            self._review.decide(
                told["key"],
                action,
                class_name=told.get("class_name"),
                same_as=told.get("same_as"),
                seen=seen,
            )

        await self._recorded(decide)
        return await self._overview(request)

    async def _undo(self, request: Request) -> Response:
        await _body(request)
        undone: list[str | None] = []

        def undo() -> None:
            last = self._review.undo()
            undone.append(last.key if last else None)

        await self._recorded(undo)
        words = self._layout.words(request)
        overview = await run_in_threadpool(self._questions.overview, words)
        return JsonAnswer({**overview, "undone": undone[0]})

    async def _write(self, request: Request) -> Response:
        await _body(request)
        sentences = translated_sentences(self._layout.words(request))
        try:
            told = await run_in_threadpool(self._finish, sentences)
        except OSError as error:
            raise Refused(507, "not_written", str(error)) from None
        return JsonAnswer({"told": told})

    async def _recorded(self, work: Callable[[], None]) -> None:
        try:
            await run_in_threadpool(work)
        except DecisionConflictError as error:
            raise Refused(409, "conflict", str(error)) from None
        except DecisionError as error:
            raise Refused(400, "not_possible", str(error)) from None
        except ReviewWriteError as error:
            raise Refused(507, "not_recorded", str(error)) from None


async def _body(request: Request) -> Mapping[str, Any]:
    """Return the JSON object of a request. Forms of other sites cannot send this content type."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refused(
            415, "not_json", "send JSON with the header 'Content-Type: application/json'."
        )
    try:
        told = await request.json()
    except ValueError:
        raise Refused(400, "bad_request", "the request is no JSON.") from None
    if not isinstance(told, dict):
        raise Refused(400, "bad_request", "send a JSON object.")
    return told
