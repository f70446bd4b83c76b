"""The base class of all errors, with support for pickling."""

from __future__ import annotations

from typing import Any


class TransferLeafError(Exception):
    """Base class of all errors of transferleaf."""

    def __reduce__(self) -> tuple[Any, ...]:
        # By default, Python unpickles an exception with the message as the only argument, which
        # fails here and breaks a pool of worker processes.
        return _with_facts, (type(self), self.args, self.__dict__)


def _with_facts(
    kind: type[TransferLeafError], args: tuple[Any, ...], facts: dict[str, Any]
) -> TransferLeafError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(facts)
    return error
