"""A class name read as the crop and the disease it stands for."""

from __future__ import annotations

from dataclasses import dataclass

# PlantVillage's own separator; single and double underscores are blanks within a name.
SEPARATOR = "___"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafLabel:
    """What a class name says of the leaves in it.

    Attributes:
        name: The class name, as the folder is called.
        crop: The crop in the spelling of ``name``, or ``None`` for a plain name.
        disease: The disease in the spelling of ``name``; ``None`` for healthy leaves and for a
            plain name.
        healthy: Whether the leaves are healthy, or ``None`` for a plain name, which does not say.
    """

    name: str
    crop: str | None
    disease: str | None
    healthy: bool | None

    @property
    def title(self) -> str:
        """The name for people, with blanks instead of underscores.

        >>> parse_label("Corn_(maize)___Common_rust_").title
        'Corn (maize): Common rust'
        """
        if self.crop is None:
            return _with_blanks(self.name)
        return f"{_with_blanks(self.crop)}: {_with_blanks(self.disease or 'healthy')}"


def parse_label(name: str) -> LeafLabel:
    """Read a class name of the form ``Crop___Disease`` or ``Crop___healthy``.

    Args:
        name: A class name. One without ``___``, or with nothing on one side of it, is plain: it
            is kept and tells no crop.

    Returns:
        The label, with crop and disease in the spelling of ``name``.

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
