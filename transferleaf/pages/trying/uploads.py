"""Received photos in temporary files, which are removed after the request."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from transferleaf.pages.site.failures import Refused
from transferleaf.pages.trying.limits import Limits
from transferleaf.text.strangers_text import in_one_line

FIELD = "photo"
"""The form field with photos."""

_FORM = "multipart/form-data"
_NAME_LETTERS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A received photo.

    Attributes:
        name: The name given by the sender, safe to display, without folders.
        path: The temporary file.
        too_large: Whether it is too large and was not written.
    """

    name: str
    path: Path
    too_large: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The content of a request.

    Attributes:
        uploads: The photos, at least one.
        fields: The other fields.
    """

    uploads: tuple[Upload, ...]
    fields: dict[str, str]


@asynccontextmanager
async def uploaded(request: Request, limits: Limits) -> AsyncIterator[Form]:
    """Read the form of a request. Its photos are removed at the end of the block.

    Raises:
        Refused: The request is not a form, has no photo or too many, or is too slow.
    """
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        raise Refused(415, "no_form", f"send photos as {_FORM}, in the field {FIELD!r}.")
    form = await _read(request, limits)
    try:
        with tempfile.TemporaryDirectory(prefix="transferleaf-") as folder:
            yield await run_in_threadpool(_saved, form, Path(folder), limits)
    finally:
        await form.close()


async def _read(request: Request, limits: Limits) -> FormData:
    reading = request.form(max_files=limits.photos, max_fields=16)
    try:
        return await asyncio.wait_for(_awaited(reading), limits.upload_seconds)
    except (TimeoutError, asyncio.TimeoutError):
        told = f"the photos took longer than {limits.upload_seconds:.0f} seconds to come."
        raise Refused(408, "too_slow", told, headers={"connection": "close"}) from None
    except Refused:
        raise
    except HTTPException as error:
        if "Too many files" in error.detail:
            told = f"send at most {limits.photos} photos at a time."
            raise Refused(413, "too_many_photos", told) from None
        raise Refused(400, "bad_form", f"the form cannot be read: {error.detail}") from None


async def _awaited(reading: object) -> FormData:
    # Starlette does not return a coroutine, which wait_for needs.
    found: FormData = await reading  # type: ignore[misc]
    return found


def _saved(form: FormData, folder: Path, limits: Limits) -> Form:
    files = [value for value in form.getlist(FIELD) if isinstance(value, UploadFile)]
    if not files:
        raise Refused(400, "no_photo", f"the form has no file in the field {FIELD!r}.")
    return Form(
        uploads=tuple(_file(file, folder / str(n), limits) for n, file in enumerate(files)),
        fields={key: value for key, value in form.items() if isinstance(value, str)},
    )


def _file(upload: UploadFile, path: Path, limits: Limits) -> Upload:
    too_large = (upload.size or 0) > limits.photo_bytes
    if not too_large:
        with path.open("wb") as file:
            shutil.copyfileobj(upload.file, file)
    return Upload(name=_shown_name(upload.filename or ""), path=path, too_large=too_large)


def _shown_name(name: str) -> str:
    """Return the last part of a name; some programs send it with folders.

    >>> _shown_name("C:\\\\photos\\\\leaf.jpg"), _shown_name("../../leaf.jpg"), _shown_name("")
    ('leaf.jpg', 'leaf.jpg', 'photo')
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return in_one_line(last)[:_NAME_LETTERS] or "photo"
