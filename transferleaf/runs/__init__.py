"""Training runs with a configuration, a folder for all results, and resuming.

``config`` defines the configuration, ``folder`` the files of a run, and ``parts`` the split.
``preparing`` finds problems before a run starts, and ``training`` performs the run. ``trained_on``
recognises the photos of a run.
"""
