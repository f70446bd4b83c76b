"""Settings of the process that downloads change, for as long as they run."""

from __future__ import annotations

import socket

from transferleaf.backbones.weights.downloads import impatient_sockets


def test_overlapping_downloads_restore_the_timeout_of_the_process():
    before = socket.getdefaulttimeout()
    first, second = impatient_sockets(), impatient_sockets()

    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)

    assert socket.getdefaulttimeout() == 10
    second.__exit__(None, None, None)
    assert socket.getdefaulttimeout() == before
