"""The commands of the command line, one per module, and their shared code in ``grammar``.

In ``grammar``, ``ending`` handles errors and exit codes, ``examples`` the examples in the help and
``json_output`` the results as JSON. ``models`` and ``photo_paths`` read the arguments ``MODEL`` and
``PHOTOS``.
"""
