"""Accuracy against time, with plain Keras, timm and fastai: ``python -m benchmarks.peers``.

``recipes`` defines the trainings, ``contenders`` has one module per library, which runs in a
separate process, ``comparing`` judges the curves, and ``page`` writes them.
"""
