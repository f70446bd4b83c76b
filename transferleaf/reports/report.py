"""The report on a classifier: one value for JSON, the model card and the HTML page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from transferleaf.errors import ReportFileError
from transferleaf.files.saved_values import load_saved, save_values
from transferleaf.reports.facts import ModelFacts, TrainingFacts
from transferleaf.reports.set_report import SetReport
from transferleaf.text.notebook import data_frame

_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report:
    """The evaluation of a classifier on one or several sets of test photos.

    Attributes:
        title: The title.
        created: Time of creation, as ISO 8601 with time zone.
        classes: The classes of the classifier, in the order of its outputs.
        sets: The results for each set of test photos; the first is the main set.
        model: Facts about the classifier.
        training: Facts about its training; ``None`` if unknown.
        advice: ``Advice.to_dict()``, if there is an advice.
        advice_figure: The position on the size-similarity matrix, as SVG.
        audit: ``Audit.to_dict()``, if there is an audit.
        versions: Versions of Python and of the relevant packages.
        command: The command that made the report; ``None`` if it was made in Python.
    """

    title: str
    created: str
    classes: tuple[str, ...]
    sets: tuple[SetReport, ...]
    model: ModelFacts
    training: TrainingFacts | None = None
    advice: Mapping[str, Any] | None = None
    advice_figure: str | None = None
    audit: Mapping[str, Any] | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    command: str | None = None

    def __repr__(self) -> str:
        sets = ", ".join(
            f"{each.name}: accuracy {each.accuracy} on {each.photos:,} photos" for each in self.sets
        )
        return f"Report({self.title!r}, {sets})"

    def _repr_html_(self) -> str:
        from transferleaf.reports.html_summary import html_summary

        return html_summary(self)

    @property
    def accuracy(self) -> float:
        """Accuracy on the main set, in [0, 1].

        ``report.sets[0].accuracy`` has its 95 % interval.
        """
        return self.sets[0].accuracy.value

    @property
    def macro_f1(self) -> float:
        """Macro F1 on the main set, in [0, 1]."""
        return self.sets[0].macro_f1.value

    def to_pandas(self) -> Any:
        """Return precision, recall, F1 and number of photos of each class of the main set.

        Returns:
            A ``pandas.DataFrame`` with one row per class. The bounds of the 95 % intervals are
            columns such as ``f1_low`` and ``f1_high``.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return data_frame([entry.to_row() for entry in self.sets[0].per_class], index="name")

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary of JSON values."""
        return {
            "format": _FORMAT,
            "title": self.title,
            "created": self.created,
            "classes": list(self.classes),
            "sets": [entry.to_dict() for entry in self.sets],
            "model": self.model.to_dict(),
            "training": None if self.training is None else self.training.to_dict(),
            "advice": self.advice,
            "advice_figure": self.advice_figure,
            "audit": self.audit,
            "versions": dict(self.versions),
            "command": self.command,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Report:
        """Create a report from the result of ``to_dict``."""
        training = values["training"]
        return cls(
            title=values["title"],
            created=values["created"],
            classes=tuple(values["classes"]),
            sets=tuple(SetReport.from_dict(entry) for entry in values["sets"]),
            model=ModelFacts.from_dict(values["model"]),
            training=None if training is None else TrainingFacts.from_dict(training),
            advice=values["advice"],
            advice_figure=values["advice_figure"],
            audit=values["audit"],
            versions=values["versions"],
            command=values["command"],
        )

    def to_markdown(self) -> str:
        """Return the report as a model card in Markdown."""
        from transferleaf.reports.model_card import model_card

        return model_card(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the report as JSON. The file is written atomically.

        Raises:
            OSError: The file cannot be written.
        """
        save_values(path, self.to_dict())

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write the report as a self-contained HTML page.

        Raises:
            OSError: The file cannot be written.
        """
        from transferleaf.reports.html import save_page

        save_page(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Report:
        """Read a file that ``save`` wrote.

        Raises:
            ReportFileError: The file cannot be read, or ``save`` did not write it.
        """
        return load_saved(path, cls.from_dict, version=_FORMAT, error=ReportFileError)
