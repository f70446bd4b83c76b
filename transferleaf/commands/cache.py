"""The command ``transferleaf cache``: shows or clears the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import JsonFile, console_beside, write_json

if TYPE_CHECKING:
    from transferleaf.features.store import SpaceUsage, StoreUsage

EXAMPLES = examples(
    "transferleaf cache", "transferleaf cache --clear", "transferleaf cache --json -"
)


def cache(
    clear: Annotated[
        bool, typer.Option("--clear", help="Delete everything that is stored.")
    ] = False,
    save_json: JsonFile = None,
) -> None:
    """Show or clear the cache: stored features of photos, and facts about them.

    The cache makes a second fit or audit fast. Everything in it can be computed again.
    """
    from transferleaf.auditing.facts import clear_facts, facts_cache_size
    from transferleaf.features.store import FeatureStore
    from transferleaf.features.store.settings import size_text

    store = FeatureStore()
    usage = store.usage()
    facts_bytes = facts_cache_size(store.folder)
    console = console_beside(save_json)
    # Without line breaks, because users copy it from here.
    console.print(escape(str(store.folder)), highlight=False, soft_wrap=True)
    if clear:
        console.print(f"removing {size_text(usage.nbytes + facts_bytes)}", highlight=False)
        freed = store.clear() + clear_facts(store.folder)
        console.print(f"{size_text(freed)} freed", highlight=False)
        write_json({"folder": str(store.folder), "freed_bytes": freed}, save_json)
        return
    console.print(_usage_table(usage))
    if facts_bytes:
        console.print(f"{size_text(facts_bytes)} of facts of photos", highlight=False)
    console.print(f"{size_text(usage.nbytes)} of at most {size_text(store.limit)}", highlight=False)
    facts: dict[str, Any] = {
        "folder": str(store.folder),
        "features_bytes": usage.nbytes,
        "facts_bytes": facts_bytes,
        "limit_bytes": store.limit,
    }
    write_json(facts, save_json)


def _usage_table(usage: StoreUsage) -> Table:
    """Return a table with one row per network and kind of output, summed over stages."""
    from transferleaf.features.store.settings import size_text

    groups: dict[tuple[str, ...], list[SpaceUsage]] = {}
    for space in usage.spaces:
        groups.setdefault(_described(space), []).append(space)
    table = Table("network", "output", "photo", "numbers", "stages", "photos", "room", "last used")
    for told, spaces in groups.items():
        table.add_row(
            *map(escape, told),
            str(len(spaces)),
            f"{max(space.rows for space in spaces):,}",
            size_text(sum(space.nbytes for space in spaces)),
            f"{max(space.last_used for space in spaces):%Y-%m-%d %H:%M}",
        )
    if usage.digest_bytes:
        blanks = [""] * 5
        table.add_row("contents of photo files", *blanks, size_text(usage.digest_bytes), "")
    return table


def _described(space: SpaceUsage) -> tuple[str, ...]:
    """Return network, output, photo size and type; "?" if the description is missing."""
    if space.kind is None:
        return ("?", "?", "?", "?")
    identity = space.kind.identity
    network = identity.get("backbone", "none: decoded photos")
    size = f"{identity.get('image_size', '?')} px"
    return (str(network), str(identity.get("output", "?")), size, space.kind.dtype)
