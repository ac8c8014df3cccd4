"""Bind a port, and stop."""

import pytest

from streams.errors import UsageError
from streams.serve.server import listening_socket


def test_port_in_use_names_remedy() -> None:
    with listening_socket("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]

        with pytest.raises(UsageError, match=rf"port {port}: .*in use.*NEWS_SERVE_PORT"):
            listening_socket("127.0.0.1", port)


def test_foreign_address_is_refused() -> None:
    with pytest.raises(UsageError, match=r"192\.0\.2\.1"):
        listening_socket("192.0.2.1", 0)


def test_listening_socket_supports_ipv6() -> None:
    with listening_socket("::1", 0) as listener:
        assert listener.getsockname()[0] == "::1"
