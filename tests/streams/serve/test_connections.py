"""Open connections: who has too many that send nothing loses the oldest of his own."""

from streams.serve.connections import ConnectionTable

FLOODER, READER = "192.0.2.1", "192.0.2.2"


class Connection:
    """A connection that notes whether it was closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def abort(self) -> None:
        """Close it."""
        self.is_closed = True


def opened(table: ConnectionTable, address: str, n: int) -> list[Connection]:
    connections = [Connection() for _ in range(n)]
    for connection in connections:
        table.add(connection, address)
    return connections


def test_oldest_waiting_of_address_is_closed() -> None:
    table = ConnectionTable(max_waiting_of_address=2)

    flood, reader = opened(table, FLOODER, 5), opened(table, READER, 1)

    assert [each.is_closed for each in flood] == [True, True, True, False, False]
    assert not reader[0].is_closed
    assert len(table) == 3


def test_flooder_makes_room_for_others() -> None:
    table = ConnectionTable(max_connections=10, max_waiting_of_address=100)
    flood = opened(table, FLOODER, 8)

    readers = opened(table, READER, 4)

    assert [each.is_closed for each in flood] == [True, True] + [False] * 6
    assert not any(each.is_closed for each in readers)


def test_connection_with_request_is_not_closed() -> None:
    table = ConnectionTable(max_connections=3, max_waiting_of_address=1)
    (busy,) = opened(table, FLOODER, 1)
    table.begin_request(busy, FLOODER)

    opened(table, FLOODER, 3)
    assert not busy.is_closed

    table.end_request(busy)
    opened(table, FLOODER, 2)
    assert busy.is_closed


def test_new_connection_is_closed_if_all_others_are_busy() -> None:
    table = ConnectionTable(max_connections=2)
    for connection in opened(table, FLOODER, 2):
        table.begin_request(connection, FLOODER)

    (late,) = opened(table, READER, 1)

    assert late.is_closed
    assert len(table) == 2


def test_closed_connections_are_forgotten() -> None:
    table = ConnectionTable()
    waiting, busy = opened(table, READER, 2)
    table.begin_request(busy, READER)

    for connection in (waiting, busy, waiting):
        table.remove(connection, READER)

    assert (len(table), table.n_waiting(READER)) == (0, 0)


def test_proxy_may_have_many() -> None:
    table = ConnectionTable(max_waiting_of_address=1, is_exempt=lambda address: address == READER)

    assert not any(each.is_closed for each in opened(table, READER, 5))
