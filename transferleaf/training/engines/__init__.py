"""Engines that run a frozen network over many photos: compiled on CPUs, TensorFlow elsewhere."""

from transferleaf.training.engines.choosing import open_engine
from transferleaf.training.engines.engine import Engine, EngineMeter

__all__ = ["Engine", "EngineMeter", "open_engine"]
