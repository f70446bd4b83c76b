"""Whether a SavedModel is one of ours: signed, when it was exported, with a key of this machine.

TensorFlow runs what a SavedModel carries, which may be operations that read and write files. The
other formats hold nothing but the arithmetic of a network.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from transferleaf.cache_folder import cache_folder

_KEY_FILE = "export.key"
_KEY_BYTES = 32


def sign(folder: Path, signature: Path) -> None:
    """Write the signature of all files in ``folder``; none where this machine can keep no key.

    Args:
        folder: What is signed.
        signature: The file to write, inside ``folder``.
    """
    with suppress(OSError):  # it can be opened all the same, by whoever says that it is trusted
        key = _key() or _new_key()
        signature.write_text(_signature(folder, signature, key), encoding="ascii")


def is_signed(folder: Path, signature: Path) -> bool:
    """Whether all files in ``folder`` are as they were when they were signed on this machine."""
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
    """The key of this machine, ``None`` where it has none yet."""
    file = cache_folder() / _KEY_FILE
    key = file.read_bytes() if file.is_file() else b""
    return key if len(key) == _KEY_BYTES else None


def _new_key() -> bytes:
    # In the cache: all that is lost with it is that exports of before have to be trusted by hand.
    file = cache_folder() / _KEY_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(_KEY_BYTES)
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(key)
    return key
