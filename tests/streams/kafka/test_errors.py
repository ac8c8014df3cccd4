from socket import gaierror
from ssl import SSLCertVerificationError

import pytest
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
    NotLeaderForPartitionError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from streams.errors import BrokerError
from streams.kafka.errors import describe_error, translate_errors


async def test_translate_errors_names_action_and_keeps_cause() -> None:
    with pytest.raises(
        BrokerError, match=r"^reading alerts\.v1: this error is thrown if the client"
    ) as caught:
        async with translate_errors("reading alerts.v1"):
            raise NotLeaderForPartitionError

    assert isinstance(caught.value.__cause__, KafkaError)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KafkaConnectionError("Unable to bootstrap from [('a', 1)]"), "nothing answers there"),
        (NodeNotReadyError("Attempt to send to a node"), "attempt to send to a node"),
        (gaierror(-2, "Name or service not known"), "name or service not known"),
        (TimeoutError(), "Kafka does not answer in time"),
        (
            SaslAuthenticationFailed("Authentication failed: Invalid username or password"),
            "authentication failed: Invalid username or password",
        ),
        (
            UnsupportedSaslMechanismError(object()),
            "authentication failed: the broker does not support the requested SASL mechanism",
        ),
        (
            SSLCertVerificationError(1, "certificate verify failed"),
            "TLS handshake failed: certificate verify failed",
        ),
    ],
    ids=[
        "no connection",
        "another of the client",
        "no such host",
        "no answer",
        "login",
        "mechanism",
        "certificate",
    ],
)
def test_describe_error_is_readable(error: Exception, words: str) -> None:
    assert describe_error(error) == words


async def test_translate_errors_passes_other_errors() -> None:
    with pytest.raises(ZeroDivisionError):
        async with translate_errors("reading alerts.v1"):
            raise ZeroDivisionError
