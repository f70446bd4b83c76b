"""The commands of the command line, one in each file; what they share is in ``grammar``.

There, ``ending`` decides how a command ends, ``examples`` what its help shows, ``json_output``
where its results go, and ``models`` and ``photo_paths`` read the words ``MODEL`` and ``PHOTOS``.
"""
