"""The speed compared with plain Keras, timm and fastai: ``python -m benchmarks.speed``.

``rows`` defines the comparisons, ``bench`` runs each contender in a separate process and stores the
results, ``contenders`` has one module per contender, and ``page`` writes the results.
"""
