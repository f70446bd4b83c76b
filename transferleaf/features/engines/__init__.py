"""Engines that run a frozen network on many photos: compiled on CPUs, otherwise TensorFlow."""

from transferleaf.features.engines.choosing import open_engine
from transferleaf.features.engines.engine import Engine, EngineMeter

__all__ = ["Engine", "EngineMeter", "open_engine"]
