"""If the whole network is trained, photo files are decoded once for all epochs."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.text.progress import Reporter
from transferleaf.training.feeding.decoded import decoded_feed
from transferleaf.training.feeding.feeds import FeedFormat, open_feed


@pytest.fixture
def folder(tmp_path, blobs):
    """Photo files of three classes, with another size than that of the network."""
    for number, (image, label) in enumerate(zip(*blobs(18, size=20), strict=True)):
        (tmp_path / "leaves" / "abc"[label]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(tmp_path / "leaves" / "abc"[label] / f"{number:02}.png")
    return tmp_path / "leaves"


@pytest.mark.parametrize("labels", ["sparse", "one-hot"])
@pytest.mark.parametrize("seed", [None, 3])
def test_a_decoded_feed_gives_what_the_files_give(tiny_classifier, folder, tmp_path, labels, seed):
    data = tl.LeafDataset.from_folder(folder)
    form = FeedFormat(classes=data.classes, image_size=16, labels=labels)
    feed = open_feed(data, what="x", form=form, batch_size=8)
    prefix = FrozenPrefix(
        backbone=tiny_classifier(tl.FreezePolicy.train_all()).backbone,
        store=FeatureStore(tmp_path / "store"),
        reporter=Reporter(0),
        photos=18,
    )

    decoded = decoded_feed(feed, prefix.pixels(feed.indexed.source, label=""), labels)

    for stored, read in zip(decoded.open(seed), feed.open(seed), strict=True):
        np.testing.assert_array_equal(stored[0], read[0])
        np.testing.assert_array_equal(stored[1], read[1])


def test_epochs_after_the_first_read_no_files(tiny_classifier, folder, tmp_path, monkeypatch):
    data = tl.LeafDataset.from_folder(folder)
    classifier = tl.TransferClassifier(
        classes=data.classes,
        backbone=tiny_classifier(tl.FreezePolicy.train_all()).backbone,
        freeze=tl.FreezePolicy.train_all(epochs=3),
    )
    read = []
    opened = Image.open
    monkeypatch.setattr(
        Image, "open", lambda path, **kind: read.append(path) or opened(path, **kind)
    )

    classifier.fit(data, validation_data=data, seed=1, verbose=0, cache=tmp_path / "store")

    # Once for the features of the head and once for the pixels.
    assert len(read) == 2 * 18
