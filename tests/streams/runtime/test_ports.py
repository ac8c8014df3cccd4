import socket

from streams.broker.config import HOST
from streams.runtime.ports import QUIET_PORTS, free_port, is_free


def test_a_port_with_a_listener_is_taken_and_passed_over() -> None:
    with socket.create_server((HOST, 0)) as listener:
        taken = listener.getsockname()[1]

        assert not is_free(taken)
        assert free_port(taken) in QUIET_PORTS


def test_the_preferred_port_is_taken_if_it_is_free_and_not_to_be_avoided() -> None:
    port = free_port()

    assert free_port(port) == port
    assert free_port(port, avoid=[port]) != port
