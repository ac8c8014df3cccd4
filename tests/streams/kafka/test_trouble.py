import pytest
from aiokafka.errors import KafkaError, NotLeaderForPartitionError

from streams.errors import BrokerError
from streams.kafka.trouble import kafka_trouble


async def test_kafka_trouble_says_what_we_were_doing_and_keeps_the_cause() -> None:
    with pytest.raises(BrokerError, match=r"reading alerts\.v1: NotLeader") as caught:
        async with kafka_trouble("reading alerts.v1"):
            raise NotLeaderForPartitionError

    assert isinstance(caught.value.__cause__, KafkaError)


async def test_kafka_trouble_leaves_other_errors_alone() -> None:
    with pytest.raises(ZeroDivisionError):
        async with kafka_trouble("reading alerts.v1"):
            raise ZeroDivisionError
