from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.broker.config import (
    Ports,
    archive_flags,
    broker_port,
    escape_property,
    java_flags,
    log4j2_properties,
    server_properties,
)
from streams.errors import BrokerError
from streams.kafka.connection import MAX_REQUEST_BYTES

PORTS = Ports(broker=9092, controller=9093)


def settings(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("auto.create.topics.enable", "false"),
        ("group.initial.rebalance.delay.ms", "0"),
        ("offsets.topic.replication.factor", "1"),
        ("transaction.state.log.replication.factor", "1"),
        ("transaction.state.log.min.isr", "1"),
        ("listeners", "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093"),
        ("advertised.listeners", "PLAINTEXT://127.0.0.1:9092"),
        ("controller.quorum.voters", "7@127.0.0.1:9093"),
        ("log.dirs", "/k/records"),
        ("node.id", "7"),
        ("broker.session.timeout.ms", "2000"),
        ("broker.heartbeat.interval.ms", "500"),
    ],
)
def test_server_properties_say(key: str, value: str) -> None:
    text = server_properties(Path("/k/records"), ports=PORTS, node_id=7)

    assert settings(text)[key] == value


def test_the_largest_request_of_our_clients_fits_into_a_batch() -> None:
    text = server_properties(Path("/k"), ports=PORTS)

    assert int(settings(text)["message.max.bytes"]) >= MAX_REQUEST_BYTES


def test_a_comma_in_the_folder_is_refused_because_kafka_would_see_two_folders() -> None:
    with pytest.raises(BrokerError, match="comma"):
        server_properties(Path("/a,b"), ports=PORTS)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_escaped_text_is_printable_ascii_and_means_the_same_to_java(value: str) -> None:
    text = escape_property(value)

    assert text.isascii()
    assert text.isprintable()
    # Python's escapes are Java's, but for characters that take two units.
    units = text.encode("ascii").decode("unicode_escape")
    assert units.encode("utf-16", "surrogatepass").decode("utf-16") == value


def test_the_port_is_read_back_and_none_is_found_in_anything_else() -> None:
    assert broker_port(server_properties(Path("/k"), ports=Ports(23456, 1))) == 23456
    assert broker_port("") is None


def test_kafka_logs_into_one_file_that_does_not_grow_for_ever() -> None:
    log = settings(log4j2_properties("broker.log"))

    assert log["appender.file.fileName"] == "broker.log"
    assert log["appender.file.policies.size"] == "10 MB"
    assert {key for key in log if key.startswith("rootLogger.appenderRef")} == {
        "rootLogger.appenderRef.file.ref"
    }


def test_java_is_told_its_heap_and_where_the_log_is_set_up() -> None:
    flags = java_flags(heap_mib=300, logging=Path("/a b/log4j2.properties"))

    assert "-Xmx300m" in flags
    assert "-Dlog4j2.configurationFile=file:///a%20b/log4j2.properties" in flags


def test_flags_around_the_archive_do_not_stop_an_older_java() -> None:
    assert archive_flags("-XX:AOTCache=x")[0] == "-XX:+IgnoreUnrecognizedVMOptions"
    assert archive_flags("-XX:AOTCache=x")[-1] == "-XX:AOTCache=x"
