"""Search on the Korean pages, because Sphinx does not support Korean words with particles."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

# "Keras의" is the word "Keras" and a particle.
_WORDS = re.compile(r"[가-힣]+|[^\W가-힣]+")


class SearchKorean(SearchEnglish):
    """Finds a word with any particle or ending. English words are found as on English pages."""

    lang = "ko"  # language_name is not changed, because it selects the English stemmer

    def split(self, input: str) -> list[str]:
        """Return the words of a text, and all prefixes of Korean ones.

        So "동결" finds "동결하고" and "동결된".
        """
        return [beginning for word in _WORDS.findall(input) for beginning in _beginnings(word)]


def _beginnings(word: str) -> list[str]:
    is_korean = "가" <= word[0] <= "힣"
    return [word[:length] for length in range(1, len(word) + 1)] if is_korean else [word]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the language."""
    app.add_search_language(SearchKorean)
    return {"parallel_read_safe": True}
