from __future__ import annotations

import re

import pytest

import transferleaf as tl
import transferleaf.explanations
import transferleaf.export
from tests.docs.pages import ROOT

DOCUMENTED = set(
    re.findall(
        r"^\.\. auto(?:class|function|data|method):: ([\w.]+)$",
        "\n".join(page.read_text() for page in (ROOT / "docs/reference").glob("*.md")),
        re.MULTILINE,
    )
)
PUBLIC = {
    f"{module.__name__}.{name}"
    for module in (
        tl,
        tl.backbones,
        tl.datasets,
        tl.freezing,
        tl.testing,
        transferleaf.explanations,
        transferleaf.export,
    )
    for name in module.__all__
    if name != "__version__"
}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_public_name_is_in_the_reference(name):
    at_the_front_door = f"transferleaf.{name.rpartition('.')[2]}"

    assert {name, at_the_front_door} & DOCUMENTED


def test_the_reference_names_nothing_twice():
    text = "\n".join(page.read_text() for page in (ROOT / "docs/reference").glob("*.md"))
    directives = re.findall(r"^\.\. auto\w+:: ([\w.]+)$", text, re.MULTILINE)

    assert len(directives) == len(set(directives))
