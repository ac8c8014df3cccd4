"""Options of the local broker, and the paths of its files."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

KAFKA_VERSION = "4.3.1"
"""Version of Apache Kafka, pinned jar by jar in ``kafka-4.3.1.jars``."""

DEFAULT_PORT = 9092
"""Kafka's usual port; used unless another program has it."""


def default_data() -> Path:
    """Return the folder of the user's own broker."""
    return user_data_path("news-streams") / "kafka"


def default_cache() -> Path:
    """Return the cache folder of Kafka's programs; it can be deleted at any time."""
    return user_cache_path("news-streams")


@dataclass(frozen=True, kw_only=True)
class BrokerOptions:
    """How a local broker is to run.

    Attributes:
        data: Folder of its records, settings and logs; created if missing.
        cache: Folder of Kafka's programs, shared by all brokers of this user.
        port: Port for clients on 127.0.0.1; by default 9092 or, if that is taken, another one.
        heap_mib: Limit of the Java heap, MiB.
        die_with_parent: Whether Kafka ends with the process that starts it, and on Linux with the
            very thread; otherwise it runs until it is stopped.
        ready_within: How long it may take until it answers.
    """

    data: Path = field(default_factory=default_data)
    cache: Path = field(default_factory=default_cache)
    port: int | None = None
    heap_mib: int = 512
    die_with_parent: bool = False
    ready_within: timedelta = timedelta(seconds=60)


@dataclass(frozen=True)
class DataFolder:
    """The files of one broker.

    Attributes:
        path: Absolute path of the folder.
    """

    path: Path

    @classmethod
    def at(cls, path: Path) -> "DataFolder":
        """Return the folder with the one spelling by which a running broker is recognized."""
        return cls(path.expanduser().resolve())

    @property
    def records(self) -> Path:
        """Kafka's own folder: the topics and its identity."""
        return self.path / "records"

    @property
    def properties(self) -> Path:
        """Kafka's settings, written at each start."""
        return self.path / "server.properties"

    @property
    def logging(self) -> Path:
        """Settings of Kafka's log, written at each start."""
        return self.path / "log4j2.properties"

    @property
    def log(self) -> Path:
        """Kafka's log."""
        return self.path / "broker.log"

    @property
    def output(self) -> Path:
        """Java's output, for failures before Kafka starts."""
        return self.path / "broker.out"

    @property
    def state(self) -> Path:
        """State file: which broker runs here, for other commands."""
        return self.path / "broker.json"

    @property
    def lock(self) -> Path:
        """Lock file, held while a broker is started or stopped here."""
        return self.path / "broker.lock"
