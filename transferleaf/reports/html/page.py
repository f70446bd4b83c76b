"""The report as a single self-contained HTML file."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from transferleaf.files.whole_files import written_whole
from transferleaf.freezing import FreezePlan
from transferleaf.reports.html import wording
from transferleaf.reports.html.charts import history_chart
from transferleaf.reports.html.set_view import set_view
from transferleaf.reports.report import Report
from transferleaf.text.strangers_text import visible
from transferleaf.text.wording import duration

_HERE = "transferleaf.reports.html"


def save_page(report: Report, path: str | os.PathLike[str]) -> None:
    """Write the page of a report. The file is written atomically.

    Raises:
        OSError: The file cannot be written.
    """
    # Photo names may be invalid Unicode, which is replaced by a mark.
    text = page(report).encode("utf-8", errors="replace")
    with written_whole(Path(path)) as file:
        file.write(text)


def page(report: Report) -> str:
    """Return a report as HTML that loads nothing from other servers."""
    style, script = _asset("page.css"), _asset("page.js")
    plan = report.training.plan if report.training else None
    freezing = FreezePlan.from_dict(dict(plan)) if plan else None
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            views=[set_view(entry, number=n) for n, entry in enumerate(report.sets, start=1)],
            plan=freezing,
            curves=_curves(report, freezing),
            photos_needed=(report.model.calibration or {}).get("photos_needed"),
            style=Markup(style),  # style and script are files of this package
            script=Markup(script),
            policy=_security_policy(script),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_HERE),
        autoescape=True,  # names of classes and files are not trusted
        finalize=_visible,
        undefined=StrictUndefined,  # a wrong field name is an error
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        share=wording.share,
        score=wording.score,
        title=wording.class_title,
        duration=duration,
        as_jpeg=lambda picture: _data_url(picture, "image/jpeg"),
        as_svg=lambda text: _data_url(text.encode(), "image/svg+xml"),
    )
    environment.globals.update(counted=wording.counted)
    return environment


def _visible(value: Any) -> Any:
    """Escape characters that change the writing direction, except in the page's own text."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _asset(name: str) -> str:
    return (files(_HERE) / "templates" / name).read_text("utf-8")


def _data_url(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _security_policy(script: str) -> str:
    """Return a policy that allows only this script, and nothing from other servers.

    Inline styles are allowed, because charts have style attributes.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def _curves(report: Report, plan: FreezePlan | None) -> dict[str, str]:
    """Draw the metrics over the epochs, one chart per metric; nothing if there was one epoch."""
    history = report.training.history if report.training else {}
    if max(map(len, history.values()), default=0) < 2:
        return {}
    starts = _phase_starts(plan) if plan else []
    quantities = [name for name in ("loss", "accuracy") if name in history]
    return {
        what: history_chart(_measured(history, what), what=what, starts=starts, name=what)
        for what in quantities
    }


def _measured(history: Mapping[str, Sequence[float]], what: str) -> dict[str, Any]:
    found = {"training": history.get(what), "validation": history.get(f"val_{what}")}
    return {on: values for on, values in found.items() if values}


def _phase_starts(plan: FreezePlan) -> list[int]:
    return list(accumulate([0, *(phase.steps for phase in plan.phases[:-1])]))
