"""Signatures of SavedModels with a key of this machine.

TensorFlow runs the operations in a SavedModel, and these can read and write files. Files of the
other formats contain only arithmetic.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from transferleaf.files.cache_folder import cache_folder

_KEY_FILE = "export.key"
_KEY_BYTES = 32


def sign(folder: Path, signature: Path) -> None:
    """Write the signature of all files in ``folder``, if this machine can store a key.

    Args:
        folder: The folder to sign.
        signature: The file to write, inside ``folder``.
    """
    with suppress(OSError):  # without a signature, it can be opened with trust=True
        key = _key() or _new_key()
        signature.write_text(_signature(folder, signature, key), encoding="ascii")


def is_signed(folder: Path, signature: Path) -> bool:
    """Return whether all files in ``folder`` are unchanged since they were signed here."""
    try:
        key, found = _key(), signature.read_bytes()
    except OSError:
        return False
    if key is None:
        return False
    return hmac.compare_digest(found, _signature(folder, signature, key).encode("ascii"))


def _signature(folder: Path, signature: Path, key: bytes) -> str:
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file != signature:
            content = hashlib.sha256(file.read_bytes()).digest()
            name = hashlib.sha256(os.fsencode(file.relative_to(folder).as_posix())).digest()
            digest.update(name + content)
    return digest.hexdigest()


def _key() -> bytes | None:
    """Return the key of this machine, or ``None`` if it has none yet."""
    file = cache_folder() / _KEY_FILE
    key = file.read_bytes() if file.is_file() else b""
    return key if len(key) == _KEY_BYTES else None


def _new_key() -> bytes:
    # In the cache: if it is lost, earlier exports need trust=True.
    file = cache_folder() / _KEY_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(_KEY_BYTES)
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(key)
    return key
