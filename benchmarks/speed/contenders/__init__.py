"""One file per contender; each is run as a module of its own and prints one line of JSON.

Those of PyTorch may run in another environment, so they import neither TensorFlow nor
``transferleaf``: photos reach them as folders, weights as a file.
"""
