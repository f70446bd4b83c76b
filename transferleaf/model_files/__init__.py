"""Saved classifiers: their files are checked before anything in them is loaded.

A ``.keras`` file lists the classes that Keras creates, and may come from an untrusted source.
Nothing here runs code from a file.
"""

from transferleaf.model_files.loading import load_classifier

__all__ = ["load_classifier"]
