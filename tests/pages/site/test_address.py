from __future__ import annotations

import socket

import pytest

from transferleaf.errors import ConfigError
from transferleaf.pages.site.address import listen


@pytest.fixture
def taken():
    """A port of another program."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.fixture
def listening():
    """Listens, and stops at the end of the test."""
    addresses = []

    def call(*arguments, **options):
        addresses.append(listen(*arguments, **options))
        return addresses[-1]

    yield call
    for address in addresses:
        address.listening.close()


def test_two_servers_get_ports_of_their_own(listening):
    first, second = listening(), listening()

    assert first.port != second.port
    assert 0 not in (first.port, second.port)


def test_a_taken_port_is_told(taken):
    with pytest.raises(ConfigError, match=f"port={taken} must be free; another program uses it"):
        listen(port=taken)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.name.invalid", "a b"])
def test_an_address_of_another_machine_is_told(host):
    with pytest.raises(ConfigError, match=r"host=.* must be an? .*address of this machine"):
        listen(host)


def test_the_address_has_the_token(listening):
    address = listening()

    assert address.url("secret") == f"http://127.0.0.1:{address.port}/?token=secret"


def test_the_address_of_the_whole_network_is_one_that_can_be_typed(listening):
    assert "0.0.0.0" not in listening("0.0.0.0").url()
