"""How fast the library is beside plain Keras, timm and fastai: ``python -m benchmarks.speed``.

``rows`` says what is compared, ``bench`` runs each contender in a process of its own and keeps
the answers, ``contenders`` holds one file per contender, ``page`` writes the results down.
"""
