"""The questions of a review as JSON values, in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transferleaf.datasets.labels import parse_label
from transferleaf.pages.reviewing.photos import ShownPhotos
from transferleaf.reviewing.decisions import Decision
from transferleaf.reviewing.items import Reason, ReviewItem
from transferleaf.reviewing.review import Review
from transferleaf.reviewing.sentences import SENTENCES, how_far, sentence
from transferleaf.text.strangers_text import visible

_NEIGHBOURS = 4


class Questions:
    """The data for the page.

    Args:
        review: The review.
        photos: Its photos by number.
    """

    def __init__(self, review: Review, photos: ShownPhotos) -> None:
        self._review = review
        self._photos = photos

    def overview(self, words: Mapping[str, str]) -> dict[str, Any]:
        """Return an overview of all questions, their decisions, and the progress of the review."""
        review = self._review
        made = review.by_key()
        open_keys = {item.key for item in review.open_items()}
        told = review.wrong_labels()
        return {
            "questions": [
                {
                    "key": item.key,
                    "kind": item.kind,
                    "open": item.key in open_keys,
                    "decision": _decision(made.get(item.key)),
                }
                for item in review.subject.items
            ],
            "classes": [
                {"name": name, "title": _title(name)} for name in review.subject.data.classes
            ],
            "how_far": list(how_far(review, translated_sentences(words))),
            "enough": told.enough,
            "by": visible(review.by),
        }

    def question(self, number: int, words: Mapping[str, str]) -> dict[str, Any]:
        """Return one question with photos for comparison."""
        subject = self._review.subject
        item = subject.items[number]
        return {
            "key": item.key,
            "kind": item.kind,
            "file": visible(subject.shown_name(item.photo)),
            "photo": item.photo,
            "reasons": [self._reason(reason, words) for reason in item.reasons],
            "given": self._side(item, item.given),
            "proposed": None if item.proposed is None else self._side(item, item.proposed),
            "action": item.action,
            "other": None if item.other is None else self._other(item.other),
            "decision": _decision(self._review.by_key().get(item.key)),
        }

    def _reason(self, reason: Reason, words: Mapping[str, str]) -> str:
        values = {
            name: _title(value) if isinstance(value, str) and name in _CLASSES else value
            for name, value in reason.values.items()
        }
        return visible(
            sentence(Reason(check=reason.check, values=values), translated_sentences(words))
        )

    def _side(self, item: ReviewItem, label: int) -> dict[str, Any]:
        """Return a class with its photos that are most similar to the photo of the question."""
        subject = self._review.subject
        name = subject.data.classes[label]
        nearest = subject.examples.nearest(item.photo, label, _NEIGHBOURS)
        return {
            "class": name,
            "title": _title(name),
            "photos": [
                {
                    "photo": self._photos.number_of_example(example),
                    "file": visible(subject.examples.names[example]),
                    # Only a photo of the same data set can show the same leaf.
                    "name": subject.examples.names[example] if subject.examples.own else None,
                }
                for example in nearest
            ],
        }

    def _other(self, photo: int) -> dict[str, Any]:
        data = self._review.subject.data
        return {
            "photo": photo,
            "name": data.names[photo],
            "file": visible(data.names[photo]),
            "title": _title(data.classes[data.labels[photo]]),
        }


# Names of the values of reasons that are class names.
_CLASSES = ("likely", "second", "given", "other_class")


def translated_sentences(words: Mapping[str, str]) -> dict[str, str]:
    """Return the sentences of a review in the language of a page."""
    return {key: words[f"said.{key}"] for key in SENTENCES}


def _title(name: str) -> str:
    return visible(parse_label(name).title)


def _decision(made: Decision | None) -> dict[str, Any] | None:
    if made is None:
        return None
    return {
        "number": made.number,
        "action": made.action,
        "title": None if made.class_name is None else _title(made.class_name),
        "same_as": made.same_as,
        "by": visible(made.by),
    }
