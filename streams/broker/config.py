"""Kafka's settings, its log's and Java's, as functions of folders and ports. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from streams.errors import BrokerError

MIB = 1024 * 1024

HOST = "127.0.0.1"
"""The local broker has no passwords, so nobody outside this machine may reach it."""

MAIN_CLASS = "kafka.Kafka"

OLD_SESSION = timedelta(seconds=2)
"""How long a broker that was killed still counts as alive, and keeps its successor waiting.

Kafka's 9 s made a restart after kill -9 last 11 s, 2 s make it 3-4 s (measured 2026-11-22); it
guards against networks that stall, and controller and broker are one process here.
"""


@dataclass(frozen=True)
class Ports:
    """Where the broker listens for clients, and its controller for the broker."""

    broker: int
    controller: int


def escape_property(value: str) -> str:
    r"""Spell a value so that Java reads it back from a properties file.

    References:
        ``java.util.Properties.load``: ISO 8859-1, backslashes escape, the rest as \uXXXX.

    Examples:
        >>> escape_property("/home/Zoë/Kafka")
        '/home/Zo\\u00eb/Kafka'
    """
    units = value.replace("\\", "\\\\").encode("utf-16-be").hex(" ", 2).split()
    characters = ((chr(int(unit, 16)), unit) for unit in units)
    return "".join(c if c.isascii() and c.isprintable() else f"\\u{unit}" for c, unit in characters)


def properties_text(settings: Mapping[str, object]) -> str:
    r"""Write settings as a Java properties file.

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
    """Write the settings of a single Kafka that is its own controller.

    Args:
        records: Where it keeps its records; absolute.
        ports: Both free.
        node_id: As in the folder's ``meta.properties``.

    Raises:
        BrokerError: If the path holds a comma, which Kafka takes for two folders.
    """
    if "," in str(records):
        raise BrokerError(
            f"starting Kafka in {records}: its folder must not have a comma in its path; "
            "choose another with --data"
        )
    return properties_text({**_identity(records, ports, node_id), **_single(), **_laptop()})


def broker_port(properties: str) -> int | None:
    """Read back where clients connect.

    Args:
        properties: As `server_properties` writes them.

    Examples:
        >>> broker_port(server_properties(Path("/k"), ports=Ports(9092, 9093)))
        9092
    """
    found = re.search(r"^advertised\.listeners=PLAINTEXT://[^:]+:(\d+)$", properties, re.MULTILINE)
    return None if found is None else int(found[1])


def _identity(records: Path, ports: Ports, node_id: int) -> dict[str, object]:
    client = f"PLAINTEXT://{HOST}:{ports.broker}"
    return {
        "process.roles": "broker,controller",
        "node.id": node_id,
        # A fixed list of voters and not a formatted one: the controller's port may change.
        "controller.quorum.voters": f"{node_id}@{HOST}:{ports.controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"{client},CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": client,
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": records,
    }


def _single() -> dict[str, object]:
    """What differs from Kafka's defaults because there is one node and we know its topics."""
    return {
        # An auto-created topic gets a wrong partition count; ours are created from the registry.
        "auto.create.topics.enable": False,
        # A lone consumer would wait 3 s for others at each start.
        "group.initial.rebalance.delay.ms": 0,
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        # The largest record is a dead letter of 8 MiB; the rest is its key, headers and envelope.
        "message.max.bytes": 9 * MIB,
        "replica.fetch.max.bytes": 9 * MIB,
        # As long as the longest topic: who pauses for two weeks goes on where they stopped.
        "offsets.retention.minutes": 30 * 24 * 60,
        "broker.session.timeout.ms": OLD_SESSION // timedelta(milliseconds=1),
        "broker.heartbeat.interval.ms": OLD_SESSION // timedelta(milliseconds=4),
    }


def _laptop() -> dict[str, object]:
    """What Kafka's defaults spend on a data center: 264 MB resident instead of 388."""
    return {
        "num.network.threads": 2,
        "num.io.threads": 4,
        # 50 partitions of offsets are 50 logs to make when the first group comes.
        "offsets.topic.num.partitions": 8,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.num.partitions": 4,
        # Only closed segments are deleted or compacted: 1 GiB would keep everything.
        "log.segment.bytes": 64 * MIB,
        "log.index.size.max.bytes": 2 * MIB,
        # 24 bytes a key: a million articles in one pass. Kafka's 128 MiB are a quarter of the heap.
        "log.cleaner.dedupe.buffer.size": 32 * MIB,
        # By default an idle controller writes to the disk twice a second.
        "metadata.max.idle.interval.ms": 5000,
    }


def log4j2_properties(name: str) -> str:
    """Write where Kafka logs: into one file that is rolled at 10 MB, nothing on the screen.

    Args:
        name: Of the file, in the folder in which Kafka runs: log4j would take a path to pieces
            that has ``${…}`` in it.
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
    """Choose Java's flags: a small heap, quick to start, and dead rather than limping.

    References:
        Measured for architecture.md: serial collector and first compiler only, 2.7 s to ready.
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
    """Choose Java's flags around an archive of loaded classes; each has to be the same each time.

    Only the classes are taken from it: JDK 25.0.2 warns of machine code that does not fit, and
    that part brings nothing here.

    References:
        JEP 483 and 514, ahead-of-time class loading and linking: ready in 0.8 s instead of 2.0,
        1.2 s of processor time instead of 2.5 (Kafka 4.3.1, empty folder, 2026-11-22).
    """
    return (
        "-XX:+IgnoreUnrecognizedVMOptions",  # an older Java has none of this
        "-XX:+UnlockDiagnosticVMOptions",
        "-XX:-AOTAdapterCaching",
        "-XX:-AOTStubCaching",
        *use,
    )
