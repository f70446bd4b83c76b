"""The OpenAPI 3.1 description of the JSON API, at ``GET /api``."""

from __future__ import annotations

from typing import Any

from transferleaf.files.versions import __version__
from transferleaf.pages.trying.limits import Limits
from transferleaf.pages.trying.uploads import FIELD
from transferleaf.predictions import VERDICTS

CODES = {
    "bad_form": "the form cannot be read",
    "busy": "too many requests are waiting; the header Retry-After says when to send it again",
    "failed": "the model failed",
    "foreign_host": "the name in the address is not this machine's",
    "foreign_origin": "the request comes from a page of another site",
    "internal": "an unexpected error",
    "no_explanation": "the model is an exported file, which has no accessible layers",
    "no_form": "the body is no multipart form",
    "no_photo": "the form has no photo",
    "not_found": "there is nothing at this address",
    "token": "the token is missing or wrong",
    "too_large": "a photo or the request has too many bytes",
    "too_many_photos": "the request has too many photos",
    "too_slow": "the photos took too long to come",
    "unknown_class": "the model has no such class",
    "unreadable": "the file cannot be read as a photo",
    "wrong_method": "the address takes another HTTP method",
    "wrong_value": "a field has a value that it cannot have",
}
"""Stable codes of errors."""


def description(limits: Limits) -> dict[str, Any]:
    """Describe the API."""
    error = _object(code=_text(enum=sorted(CODES)), message=_text("For people."))
    candidate = _object(
        label=_text("The class, as in the training data."),
        title=_text("The class for people."),
        probability=_SHARE,
        examples=_list(_text("The address of a training photo.")),
    )
    prediction = _object(
        name=_text("The name of the file."),
        label=_text("The most probable class."),
        title=_text("The class for people."),
        crop={"type": ["string", "null"]},
        disease={"type": ["string", "null"]},
        healthy={"type": ["boolean", "null"]},
        probability=_SHARE,
        verdict=_text(enum=list(VERDICTS)),
        message=_text("The answer in plain words, in the language of Accept-Language."),
        top=_list(candidate),
        kept={"type": "boolean", "description": "Whether the photo was kept; with --keep only."},
        error={"type": "null"},
    )
    no_prediction = _object(name=_text("The name of the file."), error=error)
    photos = _object(photos=_list({"oneOf": [prediction, no_prediction]}))
    explanation = _object(
        label=_text("The explained class."),
        title=_text("The class for people."),
        probability=_SHARE,
        on_leaf={**_SHARE, "type": ["number", "null"]},
        message=_text("How much of the evidence is on the leaf."),
        photo=_text("A JPEG in base64."),
        heat_map=_text("The photo with the heat map over it; a JPEG in base64."),
    )
    failures = {"default": _json(_object(error=error), "An error.")}
    photo = {"type": "string", "format": "binary"}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "transferleaf serve",
            "version": __version__,
            "description": (
                f"At most {limits.photos} photos and {limits.request_bytes:,} bytes a request, "
                f"{limits.photo_bytes:,} bytes a photo, {limits.requests} requests at a time."
            ),
        },
        "paths": {
            "/api": {"get": _get("This description.", {"type": "object"}, failures)},
            "/api/model": {"get": _get("What the model is.", _MODEL, failures)},
            "/api/predict": {
                "post": {
                    "summary": "Predict the class of one or several photos.",
                    "requestBody": _form(
                        {FIELD: _list(photo), "top": {"type": "integer", "minimum": 1}}
                    ),
                    "responses": {
                        "200": _json(photos, "At least one photo has a prediction."),
                        "422": _json(photos, "No file can be read as a photo."),
                        **failures,
                    },
                }
            },
            "/api/explain": {
                "post": {
                    "summary": "Draw which parts of a photo speak for a class.",
                    "requestBody": _form({FIELD: photo, "class": {"type": "string"}}),
                    "responses": {"200": _json(explanation, "The heat map."), **failures},
                }
            },
        },
    }


def _text(description: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "string", **({"description": description} if description else {}), **more}


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
_MODEL = _object(
    name=_text(),
    format=_text("keras, saved_model, litert, onnx or openvino."),
    classes=_list(_text()),
    calibrated={"type": "boolean"},
    explains={"type": "boolean", "description": "Whether there are heat maps."},
    keeps={"type": "boolean", "description": "Whether photos are kept."},
    limits={"type": "object"},
    version=_text("Of transferleaf."),
)


def _json(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _form(fields: dict[str, Any]) -> dict[str, Any]:
    schema = {**_object(**fields), "required": [FIELD]}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _get(summary: str, schema: dict[str, Any], failures: dict[str, Any]) -> dict[str, Any]:
    return {"summary": summary, "responses": {"200": _json(schema, summary), **failures}}
