"""A review in progress: its questions, decisions, and open questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.photos.content_hashes import content_hashes
from transferleaf.errors import DecisionConflictError, DecisionError, ReviewFolderError
from transferleaf.reviewing.comparing import Examples
from transferleaf.reviewing.decisions import Decision, now
from transferleaf.reviewing.items import Action, ReviewItem
from transferleaf.reviewing.journal import Journal
from transferleaf.reviewing.stopping import WrongLabels, wrong_labels

if TYPE_CHECKING:
    from transferleaf.datasets.leaf_dataset import LeafDataset

_RELOAD = "reload the page and decide again"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """What is reviewed.

    Attributes:
        data: The photos. New photos have their predicted classes.
        hashes: SHA-256 of each file at the start of the review; ``None`` if it cannot be read.
        items: The questions, in order.
        examples: Labelled photos for comparison.
        suspicions: Probability that each label is wrong, shape ``(n_photos,)``; NaN where unknown.
        new: Whether the photos have no labels yet.
    """

    data: LeafDataset
    hashes: tuple[str | None, ...]
    items: tuple[ReviewItem, ...]
    examples: Examples
    suspicions: npt.NDArray[np.float64]
    new: bool = False

    def shown_name(self, photo: int) -> str:
        """Return the display name of a photo, without its folder for new photos."""
        name = self.data.names[photo]
        return Path(name).name if self.new else name


class Review:
    """Questions, and the decisions in a journal. A review is thread-safe.

    Args:
        subject: What is reviewed.
        journal: The journal of decisions, including earlier ones.
        by: Name of the reviewer.

    Attributes:
        subject: What is reviewed.
        stale: Decisions that are ignored, because the file has changed or is missing.

    Raises:
        ReviewFolderError: The journal has invalid lines, or is about other photos.
    """

    def __init__(self, subject: Subject, journal: Journal, *, by: str) -> None:
        self.subject = subject
        self.journal = journal
        self.by = by
        self._items = {item.key: item for item in subject.items}
        self._at = {name: photo for photo, name in enumerate(subject.data.names)}
        self._lock = RLock()
        self._made = _decisions(journal)
        self._check_is_of(subject.data)
        self.stale = tuple(each for each in self._made if not self._holds(each))

    def decisions(self) -> tuple[Decision, ...]:
        """Return the valid decisions in chronological order, one for each question."""
        with self._lock:
            standing = {each.key: each for each in self._made if self._holds(each)}
        return tuple(sorted(standing.values(), key=lambda each: each.number))

    def by_key(self) -> Mapping[str, Decision]:
        """Return the decisions by question."""
        return {each.key: each for each in self.decisions()}

    def open_items(self) -> tuple[ReviewItem, ...]:
        """Return the questions without a decision, then postponed ones, without dropped photos.

        Questions that propose to drop a copy of a dropped photo are left out too.
        """
        made = self.by_key()
        dropped = {each.photo for each in made.values() if each.action == "drop"}
        left = [item for item in self.subject.items if not self._is_settled(item, dropped)]
        fresh = [item for item in left if item.key not in made]
        later = [item for item in left if item.key in made and made[item.key].action == "later"]
        return (*fresh, *later)

    def _is_settled(self, item: ReviewItem, dropped: Set[str]) -> bool:
        names = self.subject.data.names
        is_copy = item.kind in ("copy", "leak") and item.action == "drop"
        only_one_left = is_copy and item.other is not None and names[item.other] in dropped
        return names[item.photo] in dropped or only_one_left

    def decide(
        self,
        key: str,
        action: Action,
        *,
        class_name: str | None = None,
        same_as: str | None = None,
        seen: int | None = None,
    ) -> Decision:
        """Write a decision to disk.

        Args:
            key: The question.
            action: The decision.
            class_name: The correct class, for ``"relabel"``.
            same_as: Name of a photo of the same leaf, for ``"same-leaf"``. Default: the photo that
                the question compares with.
            seen: Number of the displayed decision, 0 for none. With ``None``, conflicts are not
                checked.

        Raises:
            DecisionConflictError: Another decision was made meanwhile, or the file has changed or
                is missing.
            DecisionError: The question, class or photo does not exist.
            ReviewWriteError: The decision cannot be written.
        """
        with self._lock:
            item = self._items.get(key)
            if item is None:
                raise DecisionError(key, "this review does not ask about it", _RELOAD)
            name = self.subject.data.names[item.photo]
            self._check_seen(item, name, seen)
            decision = Decision(
                number=self._next_number(),
                key=key,
                photo=name,
                content=self._unchanged(item, name, action),
                action=action,
                class_name=self._class_name(item, name, action, class_name),
                same_as=self._same_as(item, name, same_as) if action == "same-leaf" else None,
                by=self.by,
                at=now(),
            )
            self.journal.append({"decision": decision.to_dict()})
            self._made.append(decision)
            return decision

    def undo(self) -> Decision | None:
        """Undo the last decision and return it. The decision before it on the photo is valid again.

        Raises:
            ReviewWriteError: It cannot be written.
        """
        with self._lock:
            standing = [each for each in self._made if self._holds(each)]
            if not standing:
                return None
            last = standing[-1]
            self.journal.append({"undone": last.number, "by": self.by, "at": now()})
            self._made.remove(last)
            return last

    def wrong_labels(self) -> WrongLabels:
        """Return how many labels were wrong so far, and an estimate for the others."""
        made = self.by_key()
        answered = {
            item.photo: made[item.key].action in ("relabel", "drop")
            for item in self.subject.items
            if item.kind == "label" and item.key in made and made[item.key].action != "later"
        }
        dropped = {self._at[each.photo] for each in made.values() if each.action == "drop"}
        known = ~np.isnan(self.subject.suspicions)
        photos = np.array([photo for photo in answered if known[photo]], np.int64)
        rest = known.copy()
        rest[[*answered, *dropped]] = False
        told = wrong_labels(
            self.subject.suspicions[photos],
            np.array([answered[photo] for photo in photos.tolist()], bool),
            self.subject.suspicions[rest],
        )
        return told

    def _next_number(self) -> int:
        # Not only the number of records, because a user may have removed a damaged one.
        return 1 + max([len(self.journal.records), *(each.number for each in self._made)])

    def _check_is_of(self, data: LeafDataset) -> None:
        if self._made and not any(each.photo in self._at for each in self._made):
            found = f"is a review of other photos, such as {self._made[0].photo!r}"
            raise ReviewFolderError(
                self.journal.folder, found, f"name another folder with --output for {data.origin}"
            )

    def _holds(self, decision: Decision) -> bool:
        photo = self._at.get(decision.photo)
        if photo is None or decision.content != (self.subject.hashes[photo] or ""):
            return False
        # A class may have been renamed since then, or the other photo removed.
        known = decision.class_name is None or decision.class_name in self.subject.data.classes
        return known and (decision.same_as is None or decision.same_as in self._at)

    def _check_seen(self, item: ReviewItem, name: str, seen: int | None) -> None:
        current = self.by_key().get(item.key)
        if seen is not None and seen != (current.number if current else 0):
            found = (
                "another page took a decision back"
                if current is None
                else f"{current.by} decided {current.action!r} meanwhile"
            )
            raise DecisionConflictError(name, found, _RELOAD)

    def _unchanged(self, item: ReviewItem, name: str, action: Action) -> str:
        """Return the hash of the file, which must be unchanged."""
        before = self.subject.hashes[item.photo]
        content = content_hashes([self.subject.data.paths[item.photo]])[0]
        if content == before and (content is not None or action in ("drop", "later")):
            return content or ""
        found = "the file is gone or unreadable" if content is None else "the file has changed"
        raise DecisionConflictError(name, found, "start the review again")

    def _class_name(
        self, item: ReviewItem, name: str, action: Action, class_name: str | None
    ) -> str | None:
        classes = self.subject.data.classes
        if action == "keep" and item.kind == "new":
            return classes[item.given]
        if action != "relabel":
            return None
        if class_name not in classes:
            raise DecisionError(name, f"there is no class {class_name!r}", "choose one of the list")
        return class_name

    def _same_as(self, item: ReviewItem, name: str, same_as: str | None) -> str:
        if same_as is None and item.other is not None:
            same_as = self.subject.data.names[item.other]
        if same_as is None or same_as == name or same_as not in self._at:
            expected = "name another photo of the data set"
            raise DecisionError(name, f"there is no other photo {same_as!r}", expected)
        return same_as


def _decisions(journal: Journal) -> list[Decision]:
    """Return the decisions of a journal that were not undone, in chronological order."""
    made: dict[int, Decision] = {}
    for line, record in enumerate(journal.records, start=2):
        try:
            if "undone" in record:
                made.pop(record["undone"], None)
            elif "decision" in record:
                decision = Decision.from_dict(record["decision"])
                made[decision.number] = decision
            elif "chosen" not in record:
                raise ValueError("it says nothing known")
        except (TypeError, ValueError) as error:
            expected = "restore that line, or use the version that wrote it"
            found = f"has no decision in line {line} ({error})"
            raise ReviewFolderError(journal.path, found, expected) from None
    return [made[number] for number in sorted(made)]


def chosen_before(records: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names of the new photos that earlier sessions chose, in order."""
    return tuple(
        name
        for record in records
        for name in (record["chosen"] if isinstance(record.get("chosen"), list) else ())
        if isinstance(name, str)
    )
