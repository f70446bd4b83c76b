"""The directive ``drawn-figure``: a figure of ``docs/figures`` in light and dark.

```{drawn-figure} quadrant-map
:alt: What it shows, for who cannot see it.

Its caption.
```
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst.directives import unchanged_required
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class DrawnFigure(SphinxDirective):
    """Both versions of a figure. The theme shows one, and Sphinx selects the language."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"alt": unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        (name,) = self.arguments
        if "alt" not in self.options:
            raise self.error("say in :alt: what the figure shows")
        figure = nodes.figure(classes=["drawn"])
        for look in ("light", "dark"):
            image = nodes.image(
                uri=f"/figures/drawn/{name}-{look}.svg",
                alt=self.options["alt"],
                classes=[f"only-{look}"],
            )
            self.set_source_info(image)
            figure += image
        if self.content:
            words = nodes.Element()
            self.state.nested_parse(self.content, self.content_offset, words)
            caption = nodes.caption("", "", *(child for each in words for child in each.children))
            self.set_source_info(caption)
            caption.rawsource = "\n".join(self.content)
            figure += caption
        self.set_source_info(figure)
        return [figure]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, and the style sheet of the figures."""
    app.add_directive("drawn-figure", DrawnFigure)
    app.add_css_file("drawn-figure.css")
    return {"parallel_read_safe": True}
