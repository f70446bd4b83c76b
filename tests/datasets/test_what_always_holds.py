"""Property-based tests of names, labels, splits and manifests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from transferleaf.datasets.class_names import alike
from transferleaf.datasets.labels import SEPARATOR, parse_label
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.leaves.file_name_rules import leaves_from_names
from transferleaf.datasets.manifest import is_manifest, read_manifest, write_manifest
from transferleaf.datasets.parts.leaks import count_leaks
from transferleaf.datasets.photos.files import composed
from transferleaf.errors import SplitError

# No deadline, because the machine may be busy, and reproducible failures.
bounded = settings(deadline=None, derandomize=True, max_examples=40)

# Everything that file names may contain: line ends, quotes, lone surrogates, but no NUL.
any_text = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=255)
nasty_text = st.one_of(
    any_text,
    st.sampled_from(["\r\n", '","', '"', "\ufeff", " ", "\ud55c\uad6d", "\U0001f331", "\udcff"]),
    st.integers(1, 255).map(lambda length: "x" * length),
)

leaf_ids = st.none() | st.sampled_from("abcdef")


@st.composite
def datasets(draw):
    """Up to three classes with four separate leaves each, and leaves with several classes."""
    classes = draw(st.integers(1, 3))
    tangled = st.tuples(st.integers(0, classes - 1), leaf_ids)
    own = [(label, None) for label in range(classes) for _ in range(4)]
    photos = draw(st.permutations(own + draw(st.lists(tangled, max_size=25))))
    return LeafDataset(
        paths=tuple(Path(f"{number}.jpg") for number in range(len(photos))),
        labels=np.array([label for label, _ in photos]),
        classes=tuple("pqr"[:classes]),
        leaves=tuple(leaf for _, leaf in photos),
        origin="",
    )


@bounded
@given(datasets(), st.integers(2, 4), st.integers(0, 2**32))
def test_folds_are_exact(data, folds, seed):
    try:
        splits = data.k_fold(folds, seed=seed)
    except SplitError:
        assume(False)

    assert sorted(name for split in splits for name in split[1].names) == sorted(data.names)
    assert [sorted(train.names + test.names) for train, test in splits] == [
        sorted(data.names)
    ] * folds


@bounded
@given(datasets(), st.integers(2, 4), st.integers(0, 2**32))
def test_folds_keep_leaves_whole_and_classes_everywhere(data, folds, seed):
    try:
        splits = data.k_fold(folds, seed=seed)
    except SplitError:
        assume(False)

    assert [split.leaked() for split in splits] == [0] * folds
    assert all(min(part.class_counts().values()) > 0 for split in splits for part in split)


@bounded
@given(datasets(), st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_folds(data, seed):
    try:
        splits = data.k_fold(2, seed=seed)
    except SplitError:
        assume(False)

    assert data.k_fold(2, seed=seed) == splits


@bounded
@given(st.lists(st.lists(leaf_ids, max_size=12), min_size=2, max_size=4), st.randoms())
def test_leaks_do_not_depend_on_the_order_of_photos(parts, random):
    names = "wxyz"[: len(parts)]
    shuffled = [random.sample(part, len(part)) for part in parts]

    assert count_leaks(names, shuffled) == count_leaks(names, parts)


@bounded
@given(st.lists(st.lists(leaf_ids, max_size=12), min_size=2, max_size=4))
def test_a_photo_leaks_at_most_once(parts):
    leaks = count_leaks("wxyz"[: len(parts)], parts)

    assert all(0 <= leaked <= len(part) for leaked, part in zip(leaks.by_part, parts, strict=True))
    assert max(leaks.by_pair.values()) <= leaks.photos <= sum(leaks.by_pair.values())


@bounded
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.integers(1, 2)),
        max_size=20,
        unique=True,
    ),
    st.randoms(),
)
def test_leaves_told_by_names_do_not_depend_on_the_order_of_photos(photos, random):
    uuid = "0208f4eb-45a4-4399-904e-989ac2c6257c"
    named = [(f"{uuid}___RS_HL {number}_{copy}deg.JPG", name) for name, number, copy in photos]
    shuffled = random.sample(named, len(named))

    told = [
        dict(zip(given, leaves_from_names(*_columns(given))[0], strict=True))
        for given in (named, shuffled)
    ]

    assert told[0] == told[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("manifests")
    (folder / "photo.jpg").write_bytes(b"leaf")
    return folder


@bounded
@given(
    rows=st.lists(
        st.tuples(nasty_text, nasty_text, nasty_text, st.none() | nasty_text),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row[0],
    )
)
def test_a_manifest_comes_back_as_it_was_written(folder, rows):
    names, class_names, parts, leaves = zip(*rows, strict=True)
    classes = tuple(dict.fromkeys(class_names))
    assume(alike(classes) is None)  # data sets refuse those
    data = LeafDataset(
        paths=(folder / "photo.jpg",) * len(rows),
        labels=np.array([classes.index(name) for name in class_names]),
        classes=classes,
        leaves=leaves,
        origin="",
        names=names,
    )

    write_manifest(folder / "split.csv", data, parts)

    assert is_manifest(folder / "split.csv")
    read = read_manifest(folder / "split.csv")
    assert [(row.file, row.class_name, row.part, row.leaf) for row in read] == rows


@bounded
@given(nasty_text | st.lists(nasty_text, min_size=2, max_size=4).map(SEPARATOR.join))
def test_a_label_keeps_its_name_whatever_it_is(name):
    label = parse_label(name)

    assert label.name == name
    assert label.title is not None
    assert (label.crop is None) == (label.healthy is None)


@bounded
@given(nasty_text, nasty_text)
def test_crop_and_disease_make_up_the_name(crop, disease):
    label = parse_label(f"{crop}{SEPARATOR}{disease}")
    assume(label.disease is not None)

    assert f"{label.crop}{SEPARATOR}{label.disease}" == label.name


@bounded
@given(nasty_text)
def test_composing_a_name_twice_is_composing_it_once(name):
    assert composed(composed(name)) == composed(name)


def _columns(photos):
    return [name for name, _ in photos], [class_name for _, class_name in photos]
