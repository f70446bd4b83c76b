"""Match the class names of two data sets by their words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transferleaf.datasets.labels import parse_label

if TYPE_CHECKING:
    from rich.table import Table

# Words that do not distinguish classes, and synonyms.
_FILLERS = frozenset({"leaf", "leave", "plant", "disease", "the", "of", "on", "and", "with"})
_SAME_WORD = {"soyabean": "soybean", "maize": "corn", "grey": "gray", "mould": "mold"}
_HEALTHY = frozenset({"healthy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMatch:
    """Matching class names of two data sets, and those without a match.

    Attributes:
        matched: A dictionary from their names to our names.
        loosely: Their names in ``matched`` of which one name is more specific than the other, such
            as "rust" and "common rust". Check them before you use them.
        unmatched_ours: Our names without a match.
        unmatched_theirs: Their names without a match.
    """

    matched: Mapping[str, str]
    loosely: tuple[str, ...]
    unmatched_ours: tuple[str, ...]
    unmatched_theirs: tuple[str, ...]

    def label_map(self) -> dict[str, str | None]:
        """Return the map for ``relabel``: it renames matching classes and leaves out the others.

        >>> match_classes(["Mint___rust"], ["mint rust leaf", "sage"]).label_map()
        {'mint rust leaf': 'Mint___rust', 'sage': None}
        """
        return {**self.matched, **dict.fromkeys(self.unmatched_theirs)}

    def __rich__(self) -> Table:
        return self.table()

    def table(self) -> Table:
        """Return a table of the matches and of the names without a match."""
        from rich.table import Table

        from transferleaf.text.terminal import from_strangers

        table = Table("theirs", "ours", "match")
        for theirs, ours in self.matched.items():
            how = "one says more" if theirs in self.loosely else "same words"
            table.add_row(from_strangers(theirs), from_strangers(ours), how)
        table.add_section()
        for name in self.unmatched_theirs:
            table.add_row(from_strangers(name), "", "none")
        for name in self.unmatched_ours:
            table.add_row("", from_strangers(name), "none")
        return table


def match_classes(ours: Sequence[str], theirs: Sequence[str]) -> LabelMatch:
    """Propose which class names of two data sets have the same meaning.

    A name is compared as the words of its crop and of its disease. Case, order, plural, brackets
    and words such as "leaf" are ignored, and a crop without a disease means healthy. Two names
    match if their words are the same, or if their crops are the same and the words of one disease
    contain those of the other. If several names match loosely, none is used.

    Args:
        ours: The target class names, such as those of a classifier.
        theirs: The class names of the other data set.

    >>> match_classes(["Apple___Apple_scab", "Apple___healthy"], ["Apple Scab Leaf"]).matched
    {'Apple Scab Leaf': 'Apple___Apple_scab'}
    """
    crops = _known_crops([*ours, *theirs])
    our_meanings = {name: _meaning(name, crops) for name in ours}
    their_meanings = {name: _meaning(name, crops) for name in theirs}
    same = _only_pairs(our_meanings, their_meanings, _Meaning.is_same)
    # Compared with all names, so that a name with a better match elsewhere is not matched loosely.
    loose = {
        name: our_name
        for name, our_name in _only_pairs(our_meanings, their_meanings, _Meaning.overlaps).items()
        if name not in same and our_name not in same.values()
    }
    both = same | loose
    matched = {name: both[name] for name in theirs if name in both}
    return LabelMatch(
        matched=matched,
        loosely=tuple(name for name in matched if name in loose),
        unmatched_ours=tuple(name for name in ours if name not in matched.values()),
        unmatched_theirs=tuple(name for name in theirs if name not in matched),
    )


@dataclass(frozen=True, slots=True)
class _Meaning:
    """The words of a class name: of the crop, if known, and of the disease, if not healthy."""

    crop: frozenset[str] | None
    disease: frozenset[str]

    def is_same(self, other: _Meaning) -> bool:
        return self == other

    def overlaps(self, other: _Meaning) -> bool:
        if self.crop is None or self.crop != other.crop or not (self.disease and other.disease):
            return False
        return self.disease <= other.disease or other.disease <= self.disease


def _meaning(name: str, crops: Mapping[frozenset[str], frozenset[str]]) -> _Meaning:
    label = parse_label(name)
    if label.crop is not None:
        crop = _words(label.crop)
        return _Meaning(crop, _words(label.disease or "") - crop)
    words = _words(name)
    fitting = [crop for crop in crops if crop <= words]
    # For "pepper" and "bell pepper", use the longer one.
    longest = [crop for crop in fitting if not any(crop < other for other in fitting)]
    if len(longest) != 1:
        return _Meaning(None, words)
    disease = words - longest[0] - _HEALTHY
    if not disease:
        # A disease in brackets, or the word "disease" alone, does not mean healthy.
        left = _every_word(name) - longest[0] - crops[longest[0]] - _HEALTHY
        disease = left - (_FILLERS - {"disease"})
    return _Meaning(longest[0], disease)


def _known_crops(names: Iterable[str]) -> dict[frozenset[str], frozenset[str]]:
    """Return the words of each crop, and all words of its names, such as those in brackets."""
    crops: dict[frozenset[str], frozenset[str]] = {}
    for name in names:
        crop = parse_label(name).crop
        if crop is not None:
            words = _words(crop)
            crops[words] = crops.get(words, frozenset()) | _every_word(crop)
    return crops


def _words(text: str) -> frozenset[str]:
    """Split a text into words.

    >>> sorted(_words("Corn_(maize) leaves, Spider_mites"))
    ['corn', 'mite', 'spider']
    """
    known = _every_word(re.sub(r"\([^)]*\)", " ", text)) or _every_word(text)
    return known - _FILLERS or known


def _every_word(text: str) -> frozenset[str]:
    """Split a text into words, with those in brackets and those that say little.

    >>> sorted(_every_word("Corn_(maize) leaves"))
    ['corn', 'leave']
    """
    words = re.findall(r"[^\W_]+", text.casefold())
    singular = (re.sub(r"(?<=[^\s]{2}[^s])s$", "", word) for word in words)
    return frozenset(_SAME_WORD.get(word, word) for word in singular)


def _only_pairs(
    ours: Mapping[str, _Meaning],
    theirs: Mapping[str, _Meaning],
    fits: Callable[[_Meaning, _Meaning], bool],
) -> dict[str, str]:
    """Return the pairs in which each name matches only the other one."""
    pairs = [
        (their_name, our_name)
        for their_name, their_meaning in theirs.items()
        for our_name, our_meaning in ours.items()
        if fits(our_meaning, their_meaning)
    ]
    partners = Counter(their_name for their_name, _ in pairs)
    our_partners = Counter(our_name for _, our_name in pairs)
    return {
        their_name: our_name
        for their_name, our_name in pairs
        if partners[their_name] == our_partners[our_name] == 1
    }
