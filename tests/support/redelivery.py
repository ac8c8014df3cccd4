"""Redelivery in memory, as Kafka does it after a crash."""

from streams.driver import Driver
from streams.records import Origin


def redeliver(driver: Driver, origin: Origin) -> None:
    """Run the message at a place of a topic once more."""
    driver._queue.append(driver.topics[origin.topic][origin.offset])
    driver._run_all()
