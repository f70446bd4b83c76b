"""The page ``transferleaf serve``: photos in, answers out, for people and as a JSON API.

A request goes through ``uploads``, which puts its photos into files, ``worker``, which lets one
request after the other use the model, and ``answers``, which says in plain words what came out.
"""
