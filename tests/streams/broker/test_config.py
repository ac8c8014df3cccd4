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
def test_server_properties_contain(key: str, value: str) -> None:
    text = server_properties(Path("/k/records"), ports=PORTS, node_id=7)

    assert settings(text)[key] == value


def test_largest_request_fits_into_a_batch() -> None:
    text = server_properties(Path("/k"), ports=PORTS)

    assert int(settings(text)["message.max.bytes"]) >= MAX_REQUEST_BYTES


def test_comma_in_the_folder_is_refused() -> None:
    with pytest.raises(BrokerError, match="comma"):
        server_properties(Path("/a,b"), ports=PORTS)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_escaped_property_is_ascii_and_unescapes_to_the_same(value: str) -> None:
    text = escape_property(value)

    assert text.isascii()
    assert text.isprintable()
    # Python's escapes are Java's, except for characters that take two units.
    units = text.encode("ascii").decode("unicode_escape")
    assert units.encode("utf-16", "surrogatepass").decode("utf-16") == value


def test_broker_port_is_read_back() -> None:
    assert broker_port(server_properties(Path("/k"), ports=Ports(23456, 1))) == 23456
    assert broker_port("") is None


def test_kafka_logs_into_one_file_of_limited_size() -> None:
    log = settings(log4j2_properties("broker.log"))

    assert log["appender.file.fileName"] == "broker.log"
    assert log["appender.file.policies.size"] == "10 MB"
    assert {key for key in log if key.startswith("rootLogger.appenderRef")} == {
        "rootLogger.appenderRef.file.ref"
    }


def test_java_flags_set_heap_and_log_settings() -> None:
    flags = java_flags(heap_mib=300, logging=Path("/a b/log4j2.properties"))

    assert "-Xmx300m" in flags
    assert "-Dlog4j2.configurationFile=file:///a%20b/log4j2.properties" in flags


def test_archive_flags_are_accepted_by_an_older_java() -> None:
    assert archive_flags("-XX:AOTCache=x")[0] == "-XX:+IgnoreUnrecognizedVMOptions"
    assert archive_flags("-XX:AOTCache=x")[-1] == "-XX:AOTCache=x"
