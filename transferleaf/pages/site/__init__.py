"""Code shared by all pages: access, errors, two languages, and the server.

A page is a package beside this one, with folders ``templates``, ``words`` and ``static`` for its
``Layout``. ``application`` creates its web application, and ``commands/grammar/sites.py`` runs it.
Modules of this package import Starlette and uvicorn, except ``needs`` and ``address``. Call
``need_site_packages`` before you import the others.
"""
