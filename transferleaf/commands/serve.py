"""The command ``transferleaf serve``: a page and a JSON API that classify photos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.models import ModelPath, Trust, open_model
from transferleaf.commands.grammar.sites import (
    DEFAULT_HOST,
    Host,
    OpenBrowser,
    Port,
    Token,
    open_site,
)
from transferleaf.process.quiet_start import told_meanwhile
from transferleaf.text.wording import counted

if TYPE_CHECKING:  # it needs the extra
    from transferleaf.pages.trying.keeping import Keeping

EXAMPLES = examples(
    "transferleaf serve runs/2026-01-31-leaves",
    "transferleaf serve leaf.onnx --host 0.0.0.0",
    "transferleaf serve leaf.keras --keep field-photos --port 8000",
)


def serve(
    model: ModelPath,
    host: Host = DEFAULT_HOST,
    port: Port = None,
    token: Token = None,
    open_browser: OpenBrowser = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            file_okay=False,
            help="Keep photos and predictions here, with a table to label.",
            show_default="keep nothing",
        ),
    ] = None,
    trust: Trust = False,
) -> None:
    """Serve a page that classifies photos, from a phone's camera or from files, and a JSON API.

    Photos stay on this machine, which listens to itself only unless you name another host. Then
    visitors need the token in the address that is printed.

    Exported files start without TensorFlow. A run folder or a .keras file also shows heat maps.
    """
    with open_site(
        host=host, port=port, token=token, browser=open_browser, why="transferleaf serve"
    ) as site:
        from transferleaf.pages.trying.application import trying
        from transferleaf.pages.trying.asked_model import AskedModel
        from transferleaf.pages.trying.keeping import Keeping

        keeping = None if keep is None else Keeping(keep)
        asked = AskedModel.of(open_model(model, trust=trust), model)
        with told_meanwhile("Starting the classifier ..."):
            asked.begin()
        app = trying(asked, access=site.access, keeping=keeping)
        site.serve(app, title=asked.name, stopped=lambda: _kept(keeping))


def _kept(keeping: Keeping | None) -> str:
    """Return what is kept, as the end of a sentence."""
    if keeping is None:
        return "; no photo was kept."
    return f"; {counted(keeping.count, 'photo')} kept in {str(keeping.folder)!r}."
