"""The figures of the site: ``python -m docs.figures`` writes all of them.

A figure is a module with a ``WORDS`` catalogue, which contains every word in each language, and a
``draw`` function. Measured data comes from separate modules, whose names begin with ``measure``,
and is stored in ``measured``. Drawing needs no photos, fonts, drawing libraries or random numbers,
so it gives the same bytes on every machine.
"""
