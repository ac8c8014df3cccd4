"""What a caller chooses about the local broker, and where its files lie."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

KAFKA_VERSION = "4.3.1"
"""Apache Kafka, as pinned jar by jar in ``kafka-4.3.1.jars``."""

DEFAULT_PORT = 9092
"""Where Kafka listens everywhere; taken unless something else has it."""


def default_data() -> Path:
    """Give the folder of the user's own broker."""
    return user_data_path("news-streams") / "kafka"


def default_cache() -> Path:
    """Give the folder in which Kafka's programs are kept; it can be deleted at any time."""
    return user_cache_path("news-streams")


@dataclass(frozen=True, kw_only=True)
class BrokerOptions:
    """How a local broker is to run.

    Attributes:
        data: Its records, settings and logs; made when it is not there.
        cache: Kafka's programs, shared by all brokers of this user.
        port: Where clients connect, on 127.0.0.1; none: 9092 or, if that is taken, another.
        heap_mib: Limit of the Java heap, MiB.
        die_with_parent: Whether Kafka ends with the process, and on Linux with the very thread,
            that starts it; else it runs on until it is stopped.
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
        path: The folder itself, absolute.
    """

    path: Path

    @classmethod
    def at(cls, path: Path) -> "DataFolder":
        """Spell the folder the one way by which a running broker is recognized."""
        return cls(path.expanduser().resolve())

    @property
    def records(self) -> Path:
        """Kafka's own folder: the topics, and who it is."""
        return self.path / "records"

    @property
    def properties(self) -> Path:
        """Kafka's settings, written at each start."""
        return self.path / "server.properties"

    @property
    def logging(self) -> Path:
        """What Kafka logs where, written at each start."""
        return self.path / "log4j2.properties"

    @property
    def log(self) -> Path:
        """What Kafka says."""
        return self.path / "broker.log"

    @property
    def output(self) -> Path:
        """What Java says when it cannot even start Kafka."""
        return self.path / "broker.out"

    @property
    def state(self) -> Path:
        """Which broker runs here, for other commands."""
        return self.path / "broker.json"

    @property
    def lock(self) -> Path:
        """Held while a broker is started or stopped here."""
        return self.path / "broker.lock"
