"""The address of a page: a free port, and the URL for the browser."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field

from transferleaf.errors import ConfigError

LOOPBACK = "127.0.0.1"
USUAL_PORT = 7530
"""The default port. A fixed port keeps bookmarks valid."""

_ANY = ("0.0.0.0", "::")
# On Windows, SO_REUSEADDR would let two servers share a port.
_SHARING: int = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
# An address reserved for documentation. Nothing is sent: connecting a datagram socket only selects
# a route.
_FAR_AWAY = ("192.0.2.1", 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A listening socket.

    Attributes:
        host: The requested host.
        port: The port, never 0.
        listening: The socket.
    """

    host: str
    port: int
    listening: socket.socket = field(repr=False)

    def url(self, token: str | None = None) -> str:
        """The URL for a browser, including the token if there is one."""
        host = _machine(self.host) if self.host in _ANY else self.host
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.port}/{f'?token={token}' if token else ''}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0")]
    [True, True, True, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(host: str = LOOPBACK, port: int | None = None) -> Address:
    """Open a port. This fails early, before a model is loaded, if the port is in use.

    Args:
        host: A name or an address of this machine.
        port: The port. With ``None``, the default port, or any free one.

    Raises:
        ConfigError: The port is in use, or ``host`` is not an address of this machine.
    """
    if port is not None:
        return _listen(host, port)
    try:
        return _listen(host, USUAL_PORT)
    except ConfigError:
        return _listen(host, 0)


def _listen(host: str, port: int) -> Address:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ConfigError("host", host, "be a name or an address of this machine") from None
    family, _, _, _, place = found[0]
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, _SHARING, 1)
        listening.bind(place)
        listening.listen()
    except OSError as error:
        listening.close()
        if isinstance(error, PermissionError):
            raise ConfigError("port", port, "be above 1023, or be yours to use") from None
        if not _is_here(family, place):
            raise ConfigError("host", host, "be an address of this machine") from None
        raise ConfigError("port", port, "be free; another program uses it") from None
    return Address(host=host, port=listening.getsockname()[1], listening=listening)


def _is_here(family: int, place: tuple[object, ...]) -> bool:
    """Whether the address belongs to this machine, on any port."""
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        try:
            tried.bind((place[0], 0))
        except OSError:
            return False
    return True


def _machine(host: str) -> str:
    """Return the address of this machine in the network."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(_FAR_AWAY if family == socket.AF_INET else ("2001:db8::1", 9))
            return str(asked.getsockname()[0])
        except OSError:  # there is no network
            return socket.gethostname()
