"""The command line: ``transferleaf VERB``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from transferleaf.audit_command import audit
from transferleaf.errors import TransferLeafError
from transferleaf.quiet_start import start_tensorflow_quietly

if TYPE_CHECKING:
    from transferleaf.training.store import SpaceUsage, StoreUsage

app = typer.Typer(
    name="transferleaf",
    help="Leaf photos in folders in, an honest, explained crop and disease classifier out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to draw the leaves and save.")] = Path(
        "demo"
    ),
    photos_per_class: Annotated[int, typer.Option(min=10, help="Leaf photos a class.")] = 40,
) -> None:
    """Draw leaf photos, train a classifier on them, and say how well it does.

    Takes about two minutes on two cores and needs no network.
    """
    # Here, so that --help does not wait for TensorFlow.
    start_tensorflow_quietly()
    from transferleaf.demo import run_demo

    run_demo(folder, photos_per_class=photos_per_class)


@app.command()
def backbones(
    pattern: Annotated[str, typer.Argument(help='Such as "resnet*".')] = "*",
) -> None:
    """List the available backbones."""
    from transferleaf.backbones.registry import get_backbone, list_backbones

    table = Table("backbone", "stages", "size", "pretrained weights", "licence")
    for name in list_backbones(pattern):
        spec = get_backbone(name)
        table.add_row(
            name,
            str(len(spec.stages)),
            f"{spec.image_size} px",
            spec.pretrained or "none",
            spec.license,
        )
    Console().print(table)


app.command()(audit)


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all of it.")] = False,
) -> None:
    """Show or clear the stored outputs of networks, and the facts of photos.

    They are what makes a second fit or audit fast; everything in it can be computed again.
    """
    from transferleaf.datasets.facts import clear_facts, facts_cache_size
    from transferleaf.training.store import FeatureStore
    from transferleaf.training.store.settings import size_text

    store = FeatureStore()
    usage = store.usage()
    facts_bytes = facts_cache_size(store.folder)
    console = Console()
    # In one piece, as people copy it from here.
    console.print(escape(str(store.folder)), highlight=False, soft_wrap=True)
    if clear:
        console.print(f"removing {size_text(usage.nbytes + facts_bytes)}", highlight=False)
        freed = store.clear() + clear_facts(store.folder)
        console.print(f"{size_text(freed)} freed", highlight=False)
        return
    console.print(_usage_table(usage))
    if facts_bytes:
        console.print(f"{size_text(facts_bytes)} of facts of photos", highlight=False)
    console.print(f"{size_text(usage.nbytes)} of at most {size_text(store.limit)}", highlight=False)


def _usage_table(usage: StoreUsage) -> Table:
    """A line for each network and kind of output; its stages are stored one by one."""
    from transferleaf.training.store.settings import size_text

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
    """Network, output, size of the photos and number type; "?" where the note of it is lost."""
    if space.kind is None:
        return ("?", "?", "?", "?")
    identity = space.kind.identity
    network = identity.get("backbone", "none: decoded photos")
    size = f"{identity.get('image_size', '?')} px"
    return (str(network), str(identity.get("output", "?")), size, space.kind.dtype)


def main() -> None:
    """Run the command line; an error of ours is one message and exit code 1."""
    try:
        app()
    except (TransferLeafError, OSError) as error:
        # Escaped: a folder may be called "photos[old]", which rich would read as a style.
        message = f"[bold red]error:[/bold red] {escape(str(error))}"
        Console(stderr=True).print(message, highlight=False)
        raise SystemExit(1) from None
