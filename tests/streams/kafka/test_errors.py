from socket import gaierror

import pytest
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
    NotLeaderForPartitionError,
)

from streams.errors import BrokerError
from streams.kafka.errors import describe_error, translate_errors


async def test_kafka_trouble_says_what_we_were_doing_and_keeps_the_cause() -> None:
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
    ],
    ids=["no connection", "another of the client", "no such host", "no answer"],
)
def test_kafka_words_are_those_of_people(error: Exception, words: str) -> None:
    assert describe_error(error) == words


async def test_kafka_trouble_leaves_other_errors_alone() -> None:
    with pytest.raises(ZeroDivisionError):
        async with translate_errors("reading alerts.v1"):
            raise ZeroDivisionError
