"""Arguments of clients, and errors of connections."""

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
from streams.kafka.topics import topic_states
from streams.records.topics import DEAD_LETTER
from streams.settings import Settings
from tests.support.refusing_broker import LOGIN, refusing_broker

NOWHERE = Settings(broker="127.0.0.1:1")


@given(st.text("ab.-", max_size=9), st.text("ab.-", min_size=1, max_size=9))
def test_logical_name_inverts_physical_name(prefix: str, topic: str) -> None:
    settings = Settings(topic_prefix=prefix)

    assert logical_name(settings, physical_name(settings, topic)) == topic


def test_connection_options_without_broker_name_remedy() -> None:
    with pytest.raises(BrokerError, match=r"streams broker start.*NEWS_BROKER=host:port"):
        connection_options(Settings(broker=""))


def test_connection_options_default_to_plaintext() -> None:
    assert connection_options(NOWHERE) == {
        "bootstrap_servers": "127.0.0.1:1",
        "security_protocol": "PLAINTEXT",
    }


def test_connection_options_verify_tls_certificate() -> None:
    options = connection_options(Settings(broker="a:1", security_protocol="SSL"))

    context = options["ssl_context"]
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert "sasl_mechanism" not in options


def test_connection_options_contain_login() -> None:
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
async def test_unreachable_broker_is_reported(connect: Any) -> None:
    with pytest.raises(
        BrokerError, match=r"^connecting to Kafka at 127\.0\.0\.1:1: nothing answers"
    ):
        async with connect(NOWHERE):
            pass


@pytest.mark.parametrize("connect", [producer, consumer])
async def test_wrong_password_is_reported(connect: Any) -> None:
    async with refusing_broker() as settings:
        with pytest.raises(BrokerError) as raised:
            async with connect(settings):
                pass

    assert str(raised.value).partition(": ")[2] == (
        "authentication failed: Invalid username or password; "
        "check NEWS_SASL_USERNAME, NEWS_SASL_PASSWORD and NEWS_SASL_MECHANISM"
    )


async def test_admin_reports_wrong_password() -> None:
    async with refusing_broker() as settings:
        with pytest.raises(BrokerError, match="authentication failed") as raised:
            await topic_states(settings, [])

    assert "correct horse" not in str(raised.value)


def test_max_request_holds_largest_record() -> None:
    assert DEAD_LETTER.max_bytes < MAX_REQUEST_BYTES
