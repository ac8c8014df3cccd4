import socket

from streams.broker.config import HOST
from streams.runtime.ports import QUIET_PORTS, free_port, is_free


def test_port_with_a_listener_is_not_free() -> None:
    with socket.create_server((HOST, 0)) as listener:
        taken = listener.getsockname()[1]

        assert not is_free(taken)
        assert free_port(taken) in QUIET_PORTS


def test_free_port_returns_the_preferred_port_unless_avoided() -> None:
    port = free_port()

    assert free_port(port) == port
    assert free_port(port, avoid=[port]) != port
