"""The root of all errors, which reach other processes with their facts."""

from __future__ import annotations

from typing import Any


class TransferLeafError(Exception):
    """Base class of all errors of transferleaf."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Python would call the class with the message alone, and an error of a worker process
        # would break its pool instead of arriving.
        return _with_facts, (type(self), self.args, self.__dict__)


def _with_facts(
    kind: type[TransferLeafError], args: tuple[Any, ...], facts: dict[str, Any]
) -> TransferLeafError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(facts)
    return error
