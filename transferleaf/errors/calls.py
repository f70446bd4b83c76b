"""Errors of a call: an invalid option, a missing package, or a forked process."""

from __future__ import annotations

from transferleaf.errors.base import TransferLeafError


class Found(str):
    """A description of a value that is too large to show."""

    __slots__ = ()


class ConfigError(TransferLeafError, ValueError):
    """An argument or option has an invalid value."""

    def __init__(self, option: str, value: object, must: str) -> None:
        self.option = option
        self.value = value
        self.must = must
        told = f"{option} ({value})" if isinstance(value, Found) else f"{option}={value!r}"
        super().__init__(f"{told} must {must}.")

    def of_the_command_line(self, word: str) -> str:
        """Return the message with the name of the option, such as ``--image-size``."""
        return f"{word} {self.value} must {self.must}."


class UnknownOptionError(TransferLeafError, TypeError):
    """A method got an argument that it does not have."""

    def __init__(self, method: str, option: str, *, instead: str | None) -> None:
        self.method = method
        self.option = option
        self.instead = instead
        told = "" if instead is None else f": {instead}"
        super().__init__(f"{method}() does not take {option!r}{told}.")


class MissingExtraError(TransferLeafError, ImportError):
    """A package is missing that an extra of transferleaf installs."""

    def __init__(self, package: str, *, extra: str, why: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(
            f"{why} needs the package {package!r}, which is not installed; "
            f'pip install "transferleaf[{extra}]" installs it.'
        )


class ForkedProcessError(TransferLeafError, RuntimeError):
    """TensorFlow does not work in this process, because it was forked."""

    def __init__(self, parent: int) -> None:
        self.parent = parent
        super().__init__(
            f"this process was forked from process {parent}, in which a network had run: "
            "TensorFlow would wait forever for threads that a fork does not copy. Start it "
            'with multiprocessing.get_context("spawn"), and load the classifier in it.'
        )
