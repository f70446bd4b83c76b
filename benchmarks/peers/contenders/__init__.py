"""The libraries, one module each, which run as separate processes and print one line of JSON.

Those for PyTorch may run in another environment, so they do not import TensorFlow or
``transferleaf``: photos are passed as folders and weights as a file.
"""
