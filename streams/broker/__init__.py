"""The local broker: a real Kafka from Python packages alone, started by one call.

It may start processes, write the broker's folder and reach package repositories.
`start.start_broker` reads from top to bottom and uses `install` (Kafka on this machine), `storage`
(the folder), `config` (its settings) and `launch` (the process). `instance` finds and stops a
broker, and `watchdog` restarts one that died.
"""

from streams.broker.instance import (
    BrokerStatus,
    RunningBroker,
    broker_status,
    find_broker,
    require_broker,
    stop_broker,
)
from streams.broker.options import BrokerOptions
from streams.broker.start import start_broker
from streams.broker.watchdog import watch_broker

__all__ = [
    "BrokerOptions",
    "BrokerStatus",
    "RunningBroker",
    "broker_status",
    "find_broker",
    "require_broker",
    "start_broker",
    "stop_broker",
    "watch_broker",
]
