"""Adaptation of a classifier to photos without labels."""

from __future__ import annotations

from transferleaf.adapting.adaptation import Adaptation

__all__ = ["Adaptation"]
