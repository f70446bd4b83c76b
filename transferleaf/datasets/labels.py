"""The crop and the disease in a class name."""

from __future__ import annotations

from dataclasses import dataclass

# The separator of PlantVillage. Single and double underscores are blanks within a name.
SEPARATOR = "___"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafLabel:
    """The crop and the disease in a class name.

    Attributes:
        name: The class name.
        crop: The crop as written in ``name``. ``None`` if the name has no crop.
        disease: The disease as written in ``name``. ``None`` for healthy leaves, or if the name has
            no disease.
        healthy: Whether the leaves are healthy. ``None`` if the name does not say.
    """

    name: str
    crop: str | None
    disease: str | None
    healthy: bool | None

    @property
    def title(self) -> str:
        """The name with spaces instead of underscores.

        >>> parse_label("Corn_(maize)___Common_rust_").title
        'Corn (maize): Common rust'
        """
        if self.crop is None:
            return _with_blanks(self.name)
        return f"{_with_blanks(self.crop)}: {_with_blanks(self.disease or 'healthy')}"


def parse_label(name: str) -> LeafLabel:
    """Parse a class name of the form ``Crop___Disease`` or ``Crop___healthy``.

    Args:
        name: A class name. Without ``___``, or with nothing before or after it, it has no crop.

    Returns:
        The label, with crop and disease as written in ``name``.

    Source:
        The folder names of PlantVillage (Hughes and Salathé, 2015, arXiv:1511.08060).

    >>> parse_label("Tomato___Late_blight").disease
    'Late_blight'
    >>> parse_label("Tomato___healthy").healthy
    True
    >>> parse_label("rust").crop is None
    True
    """
    crop, _, disease = name.partition(SEPARATOR)
    if not _with_blanks(crop) or not _with_blanks(disease):
        return LeafLabel(name=name, crop=None, disease=None, healthy=None)
    healthy = _with_blanks(disease).casefold() == "healthy"
    return LeafLabel(name=name, crop=crop, disease=None if healthy else disease, healthy=healthy)


def _with_blanks(name: str) -> str:
    return " ".join(name.replace("_", " ").split())
