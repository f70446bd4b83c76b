"""Facts of photos. Each file is decoded once, and the facts are cached by content."""

from __future__ import annotations

from transferleaf.auditing.facts.facts_cache import clear_facts, facts_cache_size
from transferleaf.auditing.facts.gathering import photo_facts
from transferleaf.auditing.facts.photo_facts import PhotoFacts

__all__ = ["PhotoFacts", "clear_facts", "facts_cache_size", "photo_facts"]
