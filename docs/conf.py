"""The Sphinx configuration of the site: ``make docs``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from transferleaf import __version__

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "transferleaf"
author = "The transferleaf authors"
version = release = __version__
language = "en"  # or -D language=ko
# Other languages have a catalogue per page; see locale/README.md.
locale_dirs = ["locale"]
gettext_compact = False

extensions = [
    "myst_parser",
    "sphinx_copybutton",
    "drawn_figure",
    "languages",
    "korean_search",
]
# The catalogues do not include docstrings, which come from the imported library.
if not tags.has("without_docstrings"):  # noqa: F821, Sphinx defines it
    extensions += [
        "quiet_tensorflow",
        "sphinx.ext.autodoc",
        "sphinx.ext.napoleon",
        "sphinx.ext.viewcode",  # links to the source
        "command_line",
        "docstring_shape",
    ]
exclude_patterns = ["_build", "locale"]
templates_path = ["_templates"]

# Tests run the examples after a prompt, on pages and in docstrings.
# The build works offline, so inventories of other projects are only used with DOCS_ONLINE=1.
# there is one. Keras and TensorFlow publish none.
if os.environ.get("DOCS_ONLINE"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
    }

html_theme = "furo"
html_title = f"transferleaf {__version__}"
html_static_path = ["_static"]
html_css_files = ["languages.css"]
# Furo's own, and the link to the other language.
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#2e7d32", "color-brand-content": "#2e7d32"},
    "dark_css_variables": {"color-brand-primary": "#81c784", "color-brand-content": "#81c784"},
}
pygments_style = "tango"
pygments_dark_style = "github-dark"

myst_enable_extensions = ["colon_fence", "deflist"]
# Links to headings, such as quadrants.md#what-was-tried.
myst_heading_anchors = 3
# Output is not copied.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
# Classes have their own docstring; __init__ has none.
autoclass_content = "class"
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_custom_sections = [("Source", "notes_style")]

# A broken reference to this project is a warning, and so an error. Types of other projects are not
# linked.
nitpicky = True
nitpick_ignore_regex = [(r"py:.*", r"(?!transferleaf\.).*")]
