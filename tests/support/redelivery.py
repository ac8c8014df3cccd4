"""Redelivery in memory, as Kafka does after a crash."""

from streams.driver import Driver
from streams.records import Origin


def redeliver(driver: Driver, origin: Origin) -> None:
    """Run the message at an origin once more."""
    driver._queue.append(driver.topics[origin.topic][origin.offset])
    driver._run_all()
