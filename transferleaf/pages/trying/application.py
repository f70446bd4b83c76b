"""The routes of the page and of its JSON API."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from transferleaf.errors import PhotoError
from transferleaf.files.versions import __version__
from transferleaf.pages.site.access import Access
from transferleaf.pages.site.application import application
from transferleaf.pages.site.failures import JsonAnswer, Refused
from transferleaf.pages.trying.answers import Words, answer, failed, heat_map
from transferleaf.pages.trying.asked_model import AskedModel
from transferleaf.pages.trying.description import description
from transferleaf.pages.trying.keeping import Keeping
from transferleaf.pages.trying.layout import FOLDER, TRYING
from transferleaf.pages.trying.limits import Limits
from transferleaf.pages.trying.uploads import Upload, uploaded
from transferleaf.pages.trying.worker import Worker
from transferleaf.predictions import LeafPrediction

_LOG = logging.getLogger(__name__)

_TOP = 5
# Bytes of a form in addition to the photos, such as their names.
_FORM_BYTES = 100_000


def trying(
    model: AskedModel,
    *,
    access: Access,
    keeping: Keeping | None = None,
    limits: Limits | None = None,
) -> ASGIApp:
    """Create the web application that classifies photos.

    Args:
        model: The model.
        access: Who has access.
        keeping: Where photos are stored. Default: they are not stored.
        limits: Limits of a request.
    """
    limits = limits or Limits()
    page = _Page(model=model, keeping=keeping, limits=limits, worker=Worker(limits.requests))

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        yield
        page.worker.close()

    return application(
        [
            Route("/", page.show),
            Route("/api", page.describe),
            Route("/api/model", page.tell_model),
            Route("/api/predict", page.predict, methods=["POST"]),
            Route("/api/explain", page.explain, methods=["POST"]),
            Route("/examples/{number:int}/{position:int}.jpg", page.show_example),
        ],
        static=FOLDER / "static",
        access=access,
        max_body=limits.request_bytes + _FORM_BYTES,
        lifespan=lifespan,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The request handlers."""

    model: AskedModel
    keeping: Keeping | None
    limits: Limits
    worker: Worker

    async def show(self, request: Request) -> Response:
        return TRYING.page(
            request,
            "try.html.j2",
            model=self.model,
            keeps=self.keeping is not None,
            limits=self.limits,
        )

    async def describe(self, request: Request) -> Response:
        return JsonAnswer(description(self.limits))

    async def tell_model(self, request: Request) -> Response:
        return JsonAnswer(
            {
                "name": self.model.name,
                "format": self.model.form,
                "classes": self.model.classes,
                "calibrated": self.model.calibrated,
                "explains": self.model.explain is not None,
                "keeps": self.keeping is not None,
                "limits": asdict(self.limits),
                "version": __version__,
            }
        )

    async def predict(self, request: Request) -> Response:
        words = TRYING.words(request)
        with self.worker.place():
            async with uploaded(request, self.limits) as form:
                top = self._top(form.fields.get("top"))
                photos = await self.worker.do(lambda: self._answers(form.uploads, top, words))
        readable = any(photo["error"] is None for photo in photos)
        return JsonAnswer({"photos": photos}, 200 if readable else 422)

    async def explain(self, request: Request) -> Response:
        words, explain = TRYING.words(request), self.model.explain
        if explain is None:
            raise Refused(409, "no_explanation", words["heat.exported"])
        with self.worker.place():
            async with uploaded(request, self.limits) as form:
                upload, named = form.uploads[0], form.fields.get("class")
                if named is not None and named not in self.model.classes:
                    told = f"the model has no class {named!r}; see /api/model."
                    raise Refused(400, "unknown_class", told)
                if upload.too_large:
                    raise Refused(413, "too_large", self._too_large())
                try:
                    found = await self.worker.do(lambda: explain(upload.path, named))
                except PhotoError as error:
                    raise Refused(422, "unreadable", error.reason) from None
                return JsonAnswer(await self.worker.do(lambda: heat_map(found, words)))

    async def show_example(self, request: Request) -> Response:
        number, position = (request.path_params[name] for name in ("number", "position"))
        if number < len(self.model.classes):
            name = self.model.classes[number]
            picture = await self.worker.do(lambda: self.model.examples.picture(name, position))
            if picture is not None:
                return Response(picture, media_type="image/jpeg")
        raise Refused(404, "not_found", "this training photo is not there any more.")

    def _top(self, text: str | None) -> int:
        if text is None:
            return min(_TOP, len(self.model.classes))
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= 9999):
            raise Refused(400, "wrong_value", f"'top' must be a number from 1, not {text!r}.")
        return int(text)

    def _answers(self, uploads: Sequence[Upload], top: int, words: Words) -> list[dict[str, Any]]:
        """Classify photos in the thread of the model."""
        asked = [upload for upload in uploads if not upload.too_large]
        # At least two classes, so that the text can mention the second one.
        found = iter(self.model.predict([upload.path for upload in asked], max(2, top)))
        return [
            failed(upload.name, "too_large", self._too_large())
            if upload.too_large
            else self._answer(upload, next(found), top, words)
            for upload in uploads
        ]

    def _answer(
        self, upload: Upload, found: LeafPrediction, top: int, words: Words
    ) -> dict[str, Any]:
        told = answer(upload.name, found, self.model, words)
        if told["error"] is None:
            told["top"] = told["top"][:top]
            told["kept"] = self._keep(upload, found)
        return told

    def _keep(self, upload: Upload, found: LeafPrediction) -> bool:
        if self.keeping is None:
            return False
        try:
            self.keeping.keep(upload.path, upload.name, found)
        except (OSError, PhotoError) as error:  # the prediction is valid without it
            _LOG.error("the photo %r was not kept: %s", upload.name, error)
            return False
        return True

    def _too_large(self) -> str:
        return f"it has more than {self.limits.photo_bytes:,} bytes; scale it down first."
