"""The live Kafka, and settings with separate topics for each test."""

from tests.support.broker import broker, broker_options, kafka_cache
from tests.support.live import live

__all__ = ["broker", "broker_options", "kafka_cache", "live"]
