"""From settings to the arguments of a client."""

import ssl
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import BrokerError
from streams.kafka.connection import (
    MAX_REQUEST_BYTES,
    connection_options,
    consumer,
    logical_name,
    physical_name,
    producer,
)
from streams.records.topics import DEAD_LETTER
from streams.settings import Settings

NOWHERE = Settings(broker="127.0.0.1:1")

LOGIN: dict[str, Any] = {"sasl_username": "news", "sasl_password": "correct horse"}


@given(st.text("ab.-", max_size=9), st.text("ab.-", min_size=1, max_size=9))
def test_logical_name_undoes_physical_name(prefix: str, topic: str) -> None:
    settings = Settings(topic_prefix=prefix)

    assert logical_name(settings, physical_name(settings, topic)) == topic


def test_connection_options_without_a_broker_say_how_to_get_one() -> None:
    with pytest.raises(BrokerError, match=r"streams broker start.*NEWS_BROKER=host:port"):
        connection_options(Settings(broker=""))


def test_connection_options_talk_in_clear_unless_told_otherwise() -> None:
    assert connection_options(NOWHERE) == {
        "bootstrap_servers": "127.0.0.1:1",
        "security_protocol": "PLAINTEXT",
    }


def test_connection_options_check_the_certificate_over_tls() -> None:
    options = connection_options(Settings(broker="a:1", security_protocol="SSL"))

    context = options["ssl_context"]
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert "sasl_mechanism" not in options


def test_connection_options_log_in() -> None:
    settings = Settings(
        broker="a:1", security_protocol="SASL_PLAINTEXT", sasl_mechanism="SCRAM-SHA-256", **LOGIN
    )

    assert connection_options(settings) == {
        "bootstrap_servers": "a:1",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_plain_username": "news",
        "sasl_plain_password": "correct horse",
    }


@pytest.mark.parametrize("connect", [producer, consumer])
async def test_clients_say_that_nobody_answers(connect: Any) -> None:
    with pytest.raises(
        BrokerError, match=r"^connecting to Kafka at 127\.0\.0\.1:1: nothing answers"
    ):
        async with connect(NOWHERE):
            pass


def test_requests_hold_the_largest_record() -> None:
    assert DEAD_LETTER.max_bytes < MAX_REQUEST_BYTES
