"""Find the origin of a message: where its article entered the pipeline."""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from streams.records.record import ORIGIN_HEADER, TOPIC_ID_DIGITS, Origin
from streams.records.topics import RAW, TOPICS

LONGEST_ORIGIN: Final = 300
"""Longest origin header in bytes: 249 for the name of a topic (Kafka's limit), its id, and two
numbers of 64 bits."""

_TOPIC_ID: Final = re.compile(f"(?:[0-9a-f]{{{TOPIC_ID_DIGITS}}})?", re.ASCII)

_NAMES: Final = frozenset(topic.name for topic in TOPICS)


def origin_of_message(
    topic: str,
    partition: int,
    offset: int,
    headers: Iterable[tuple[str, bytes]],
    *,
    topic_id: str = "",
) -> Origin:
    """Return the position at which the article of a message entered the pipeline.

    On the raw topic an article enters: its origin is its own position, whatever the headers say.
    A program that forwards a record with all of its headers sends another article. Behind the raw
    topic it is the header that a stage wrote, if that names a position on a topic of the pipeline;
    else the position of the message.

    Args:
        topic: Logical name of the topic.
        partition: Partition of the message.
        offset: Offset of the message.
        headers: Its headers; those of foreign producers may have any bytes.
        topic_id: Topic id of the topic; empty if unknown.

    Examples:
        >>> headers = [("news-origin", b"articles.raw.v1-3-17")]
        >>> str(origin_of_message("articles.clean.v1", 0, 5, headers))
        'articles.raw.v1-3-17'
        >>> str(origin_of_message("articles.raw.v1", 0, 5, headers, topic_id="5f2c90aa"))
        'articles.raw.v1@5f2c90aa-0-5'
    """
    for name, value in headers if topic != RAW.name else ():
        if name == ORIGIN_HEADER and value and len(value) <= LONGEST_ORIGIN:
            with suppress(ValueError):
                origin = Origin.parse(value.decode())
                if is_well_formed(origin) and str(origin).encode() == value:
                    return origin
    return Origin(topic, partition, offset, topic_id)


def is_well_formed(origin: Origin) -> bool:
    """Return whether an origin names a topic of the pipeline, and a topic id or none."""
    return origin.topic in _NAMES and _TOPIC_ID.fullmatch(origin.topic_id) is not None
