"""The page of ``transferleaf serve``, which classifies photos, and its JSON API.

``uploads`` writes the photos of a request to files. ``worker`` lets one request at a time use the
model. ``answers`` describes the predictions in plain words.
"""
