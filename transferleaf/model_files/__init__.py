"""Saved classifiers: files that are looked through before anything of them is loaded.

A ``.keras`` file tells Keras which classes to make, and so may come from anywhere with anything in
it. Nothing here runs what a file carries.
"""

from transferleaf.model_files.loading import load_classifier

__all__ = ["load_classifier"]
