"""The figures of the site, drawn by code: ``python -m docs.figures`` writes them all.

A figure is a module with a ``WORDS`` catalogue, every word of it in each language, and a ``draw``
function. What has to be measured is measured by a module of its own, whose name begins with
``measure``, and kept in ``measured``. Drawing needs no photo, no font, no drawing library and no
chance, so it gives the same bytes on every machine.
"""
