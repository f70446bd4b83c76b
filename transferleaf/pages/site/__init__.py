"""What all pages share: who may ask, how errors look, two languages, and the server itself.

A page is a package beside this one, with folders ``templates``, ``words`` and ``static``. It makes
its ``Layout`` of them, and its application with ``application``; ``commands/grammar/sites.py`` runs
that. Starlette and uvicorn are imported here and nowhere below, so ``need_site_packages`` comes
before any import of a module of this package except ``needs`` and ``address``.
"""
