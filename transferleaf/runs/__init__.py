"""Training runs: what was asked for, the folder that holds all that came of it, and the doing.

``config`` is the value a run is described by, ``folder`` says where its files lie, ``parts``
divides the photos, ``preparing`` finds out what can go wrong, and ``training`` does it all in
order; ``trained_on`` recognises what a run has learned from.
"""
