"""How Sphinx builds the site: ``make docs``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from transferleaf import __version__
from transferleaf.quiet_start import start_tensorflow_quietly

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))
# autodoc imports the classifier, and TensorFlow greets whoever imports it.
start_tensorflow_quietly()

project = "transferleaf"
author = "The transferleaf authors"
version = release = __version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "command_line",
    "docstring_shape",
]
exclude_patterns = ["_build"]

# The build works without a network, so inventories of other projects are asked for only where
# there is one. Keras and TensorFlow publish none.
if os.environ.get("DOCS_ONLINE"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
    }

html_theme = "furo"
html_title = f"transferleaf {__version__}"
html_static_path: list[str] = []
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
# What is printed after a prompt is not copied.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
# A class is described by its own docstring; __init__ has none.
autoclass_content = "class"
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_custom_sections = [("Source", "notes_style")]

# A reference that leads nowhere is a warning, and so an error, if it is one to this project.
# Types of other projects are shown and not linked.
nitpicky = True
nitpick_ignore_regex = [(r"py:.*", r"(?!transferleaf\.).*")]
