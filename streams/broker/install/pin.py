"""Write down which jars make up Kafka: run it when ``KAFKA_VERSION`` changes.

``python -m streams.broker.install.pin`` resolves the coordinates through Maven's repositories
and writes the list beside this file. Read the difference before you commit it.
"""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from streams.broker.install.jars import PIN_FILE, Jar, pin_text
from streams.broker.install.maven import fetch_artifact, resolve_closure
from streams.broker.options import KAFKA_VERSION

LOG4J_VERSION = "2.25.4"
"""The one that Kafka 4.3.1 asks for; the binding of its log must be of the same."""

KAFKA = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}"

LOGGING = f"org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J_VERSION}"
"""Kafka leaves open where it logs to; its own distribution adds this one.

Not resolved together with Kafka: jgo would then let log4j's bill of materials choose the versions
of Jackson, older ones than Kafka was built with.
"""


def pin_jar(coordinate: str, folder: Path) -> Jar:
    """Fetch a jar to learn its size and digest."""
    data = fetch_artifact(coordinate, folder).read_bytes()
    return Jar(coordinate=coordinate, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        wanted = [*resolve_closure(KAFKA, Path(name)), LOGGING]
        jars = [pin_jar(coordinate, Path(name)) for coordinate in wanted]
    PIN_FILE.write_text(pin_text(jars), encoding="utf-8")
