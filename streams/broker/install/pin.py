"""Write the list of jars that make up Kafka; run it when ``KAFKA_VERSION`` changes.

``python -m streams.broker.install.pin`` resolves the coordinates through Maven's repositories
and writes the list next to this file. Review the difference before you commit it.
"""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from streams.broker.install.jars import PIN_FILE, Jar, pin_text
from streams.broker.install.maven import fetch_artifact, resolve_closure
from streams.broker.options import KAFKA_VERSION

LOG4J_VERSION = "2.25.4"
"""The version that Kafka 4.3.1 requires; the binding of its log must have the same one."""

KAFKA = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}"

LOGGING = f"org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J_VERSION}"
"""Kafka has no log binding of its own; its distribution adds this one.

It is not resolved together with Kafka: jgo would then use log4j's bill of materials to choose the
versions of Jackson, which are older than those Kafka was built with.
"""


def pin_jar(coordinate: str, folder: Path) -> Jar:
    """Download a jar and return its size and digest."""
    data = fetch_artifact(coordinate, folder).read_bytes()
    return Jar(coordinate=coordinate, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        coordinates = [*resolve_closure(KAFKA, Path(name)), LOGGING]
        jars = [pin_jar(coordinate, Path(name)) for coordinate in coordinates]
    PIN_FILE.write_text(pin_text(jars), encoding="utf-8")
