"""Settings of Kafka, its log and Java, as pure functions of folders and ports."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from streams.errors import BrokerError

MIB = 1024 * 1024

HOST = "127.0.0.1"
"""The local broker has no passwords, so it must not be reachable from outside this machine."""

MAIN_CLASS = "kafka.Kafka"

SESSION_TIMEOUT = timedelta(seconds=2)
"""How long a killed broker still counts as alive and delays its successor.

With Kafka's default of 9 s a restart after kill -9 took 11 s; with 2 s it takes 3-4 s (measured
2026-11-22). The timeout guards against networks that stall, and here controller and broker are one
process.
"""


@dataclass(frozen=True)
class Ports:
    """The port at which clients connect, and the one at which the broker reaches its controller."""

    broker: int
    controller: int


def escape_property(value: str) -> str:
    r"""Return a value escaped for a Java properties file.

    References:
        ``java.util.Properties.load``: ISO 8859-1, backslash escapes, other characters as \uXXXX.

    Examples:
        >>> escape_property("/home/Zoë/Kafka")
        '/home/Zo\\u00eb/Kafka'
    """
    units = value.replace("\\", "\\\\").encode("utf-16-be").hex(" ", 2).split()
    characters = ((chr(int(unit, 16)), unit) for unit in units)
    return "".join(c if c.isascii() and c.isprintable() else f"\\u{unit}" for c, unit in characters)


def properties_text(settings: Mapping[str, object]) -> str:
    r"""Return settings as the text of a Java properties file.

    Examples:
        >>> properties_text({"node.id": 1, "delete.topic.enable": True})
        'node.id=1\ndelete.topic.enable=true\n'
    """
    lines = (
        f"{key}={escape_property(str(value).lower() if isinstance(value, bool) else str(value))}\n"
        for key, value in settings.items()
    )
    return "".join(lines)


def server_properties(records: Path, *, ports: Ports, node_id: int = 1) -> str:
    """Return the settings of a single Kafka that is its own controller.

    Args:
        records: Absolute path of the folder for its records.
        ports: Free ports.
        node_id: Node id of the folder's ``meta.properties``.

    Raises:
        BrokerError: If the path contains a comma, which Kafka reads as two folders.
    """
    if "," in str(records):
        raise BrokerError(
            f"starting Kafka in {records}: its folder must not have a comma in its path; "
            "choose another with --data"
        )
    return properties_text({**_identity(records, ports, node_id), **_single(), **_laptop()})


def broker_port(properties: str) -> int | None:
    """Return the port at which clients connect; None if the settings name none.

    Args:
        properties: Settings as `server_properties` writes them.

    Examples:
        >>> broker_port(server_properties(Path("/k"), ports=Ports(9092, 9093)))
        9092
    """
    match = re.search(r"^advertised\.listeners=PLAINTEXT://[^:]+:(\d+)$", properties, re.MULTILINE)
    return None if match is None else int(match[1])


def _identity(records: Path, ports: Ports, node_id: int) -> dict[str, object]:
    client = f"PLAINTEXT://{HOST}:{ports.broker}"
    return {
        "process.roles": "broker,controller",
        "node.id": node_id,
        # A static list of voters, not a formatted one: the controller's port may change.
        "controller.quorum.voters": f"{node_id}@{HOST}:{ports.controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"{client},CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": client,
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": records,
    }


def _single() -> dict[str, object]:
    """Return the settings that differ because there is one node and its topics are known."""
    return {
        # Auto-created topics get a wrong partition count; topics are created from the registry.
        "auto.create.topics.enable": False,
        # A single consumer would wait 3 s for others at each start.
        "group.initial.rebalance.delay.ms": 0,
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        # The largest record is a dead letter of 8 MiB; the rest is key, headers and envelope.
        "message.max.bytes": 9 * MIB,
        "replica.fetch.max.bytes": 9 * MIB,
        # As long as the longest topic: a consumer that pauses for two weeks keeps its position.
        "offsets.retention.minutes": 30 * 24 * 60,
        "broker.session.timeout.ms": SESSION_TIMEOUT // timedelta(milliseconds=1),
        "broker.heartbeat.interval.ms": SESSION_TIMEOUT // timedelta(milliseconds=4),
    }


def _laptop() -> dict[str, object]:
    """Return the settings that suit a laptop, not a data center: 264 MB resident instead of 388."""
    return {
        "num.network.threads": 2,
        "num.io.threads": 4,
        # 50 partitions of offsets are 50 logs to create when the first group joins.
        "offsets.topic.num.partitions": 8,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.num.partitions": 4,
        # Only closed segments are deleted or compacted: with 1 GiB nothing would ever be.
        "log.segment.bytes": 64 * MIB,
        "log.index.size.max.bytes": 2 * MIB,
        # 24 bytes a key: a million articles in one pass. Kafka's 128 MiB is a quarter of the heap.
        "log.cleaner.dedupe.buffer.size": 32 * MIB,
        # By default an idle controller writes to disk twice a second.
        "metadata.max.idle.interval.ms": 5000,
    }


def log4j2_properties(name: str) -> str:
    """Return the settings of Kafka's log: one file that is rolled at 10 MB, no output.

    Args:
        name: Name of the file in Kafka's working folder; log4j would interpret a ``${…}`` in a
            path.
    """
    return properties_text(
        {
            "status": "error",
            "appender.file.type": "RollingFile",
            "appender.file.name": "file",
            "appender.file.fileName": name,
            "appender.file.filePattern": f"{name}.%i",
            "appender.file.layout.type": "PatternLayout",
            "appender.file.layout.pattern": "[%d] %p %m (%c)%n",
            "appender.file.policies.type": "SizeBasedTriggeringPolicy",
            "appender.file.policies.size": "10 MB",
            "appender.file.strategy.type": "DefaultRolloverStrategy",
            "appender.file.strategy.max": 2,
            "rootLogger.level": "info",
            "rootLogger.appenderRef.file.ref": "file",
        }
    )


def java_flags(*, heap_mib: int, logging: Path) -> tuple[str, ...]:
    """Return Java's flags: a small heap, a fast start, and exit when memory runs out.

    References:
        Measured on two cores: serial collector and first compiler only, 2.7 s until ready.
    """
    return (
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        f"-Xmx{heap_mib}m",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-UsePerfData",
        "-XX:ErrorFile=java-crash-%p.log",
        "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile={logging.as_uri()}",
    )


def archive_flags(*use: str) -> tuple[str, ...]:
    """Return Java's flags for an archive of loaded classes; all must be the same each time.

    Only the classes are taken from it: JDK 25.0.2 warns about machine code that does not fit, and
    that part brings nothing here.

    References:
        JEP 483 and 514, ahead-of-time class loading and linking: ready in 0.8 s instead of 2.0,
        1.2 s of processor time instead of 2.5 (Kafka 4.3.1, empty folder, 2026-11-22).
    """
    return (
        "-XX:+IgnoreUnrecognizedVMOptions",  # an older Java does not know the flags below
        "-XX:+UnlockDiagnosticVMOptions",
        "-XX:-AOTAdapterCaching",
        "-XX:-AOTStubCaching",
        *use,
    )
