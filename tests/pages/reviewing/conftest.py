"""A review of twelve photos in three colours, and its application."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from transferleaf.datasets import LeafDataset
from transferleaf.datasets.photos.content_hashes import content_hashes
from transferleaf.pages.reviewing.application import review_application
from transferleaf.pages.site.access import Access
from transferleaf.reviewing.comparing import Examples
from transferleaf.reviewing.items import Reason, ReviewItem
from transferleaf.reviewing.journal import Journal
from transferleaf.reviewing.outcome import apply_decisions, write_outcome
from transferleaf.reviewing.review import Review, Subject

CLASSES = ("Bean___Leaf_mould", "Bean___healthy", "Corn___rust")
_COLOURS = ((90, 110, 60), (60, 160, 60), (170, 110, 40))


@pytest.fixture
def photos(tmp_path: Path) -> LeafDataset:
    rng = np.random.default_rng(0)
    names = [f"{CLASSES[at % 3]}/{at}.jpg" for at in range(12)]
    for at, name in enumerate(names):
        noise = rng.integers(0, 60, size=(90, 120, 3))
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((noise + _COLOURS[at % 3]).astype(np.uint8)).save(path)
    return LeafDataset(
        paths=tuple(tmp_path / "photos" / name for name in names),
        labels=np.arange(12) % 3,
        classes=CLASSES,
        leaves=(None,) * 12,
        origin="drawn",
    )


def questions(data: LeafDataset) -> tuple[ReviewItem, ...]:
    """Five doubtful labels, and a copy."""
    reason = {"given_probability": 0.02, "likely_probability": 0.9}
    labels = tuple(
        ReviewItem(
            key=f"label:{data.names[at]}",
            photo=at,
            kind="label",
            reasons=(
                Reason(
                    check="label-errors",
                    values={
                        **reason,
                        "given": CLASSES[at % 3],
                        "likely": CLASSES[(at + 1) % 3],
                    },
                ),
            ),
            given=at % 3,
            proposed=(at + 1) % 3,
            action="relabel",
            suspicion=0.9 - at / 10,
        )
        for at in range(5)
    )
    copy = ReviewItem(
        key=f"copy:{data.names[9]}",
        photo=9,
        kind="copy",
        reasons=(Reason(check="near-duplicates"),),
        given=0,
        action="same-leaf",
        other=6,
    )
    return (*labels, copy)


@pytest.fixture
def going(photos: LeafDataset, tmp_path: Path) -> Iterator[Callable[[], Review]]:
    """Begins the review, or goes on with it as after a restart."""
    opened: list[Journal] = []

    def go() -> Review:
        while opened:
            opened.pop().close()
        opened.append(Journal(tmp_path / "review", subject="data"))
        subject = Subject(
            data=photos,
            hashes=content_hashes(photos.paths),
            items=questions(photos),
            examples=Examples.of_data(photos, None),
            suspicions=np.linspace(0.9, 0.1, 12),
        )
        return Review(subject, opened[0], by="ann")

    yield go
    while opened:
        opened.pop().close()


@pytest.fixture
def app_of() -> Callable[[Review], Any]:
    """Makes the application of a review."""

    def make(review: Review) -> Any:
        def finish(sentences: Mapping[str, str]) -> str:
            path = write_outcome(review, apply_decisions(review))
            return f"{sentences['changed']} {path}"

        return review_application(review, access=Access(), finish=finish)

    return make


@pytest.fixture
def client(app_of) -> Callable[[Review], TestClient]:
    """Asks the application from its own machine."""

    def make(review: Review) -> TestClient:
        return TestClient(app_of(review), base_url="http://127.0.0.1:7530")

    return make
