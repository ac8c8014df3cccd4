"""The folder of Kafka's records: made, recognized, repaired where that is safe, never wiped."""

import base64
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from streams.broker.config import properties_text
from streams.broker.state import Identity
from streams.errors import BrokerError

META = "meta.properties"
"""Says whose records these are; without it Kafka does not start."""

CHECKPOINT = "bootstrap.checkpoint"
"""Says which features a new cluster begins with."""

PARTITION = re.compile(r".+-\d+")
"""A folder of records: topic and partition; all topics' settings too, ``__cluster_metadata-0``."""


@dataclass(frozen=True)
class KeepStorage:
    """The folder is sound.

    Attributes:
        identity: As it says.
    """

    identity: Identity


@dataclass(frozen=True)
class FormatStorage:
    """There is nothing in it yet: it can become anybody's."""


@dataclass(frozen=True)
class RestoreStorage:
    """It has records but has lost its name, and we know the name.

    Attributes:
        identity: What it was.
    """

    identity: Identity


def new_id() -> str:
    """Make an id as Kafka does: 22 characters, the first no hyphen, which tools take for options.

    References:
        ``org.apache.kafka.common.Uuid``: URL-safe base64 of a random UUID.
    """
    while (made := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[:22]).startswith("-"):
        pass
    return made


def meta_text(identity: Identity) -> str:
    """Write an identity as ``meta.properties``."""
    return properties_text(
        {
            "version": 1,
            "cluster.id": identity.cluster_id,
            "node.id": identity.node_id,
            "directory.id": identity.directory_id,
        }
    )


def parse_meta(text: str) -> Identity | None:
    r"""Read ``meta.properties``.

    Returns:
        The identity; none if it is not complete, or of another version (1 is KRaft's).

    Examples:
        >>> parse_meta("version=1\ncluster.id=c\nnode.id=2\ndirectory.id=d\n").node_id
        2
        >>> parse_meta("version=0\ncluster.id=c\nbroker.id=2\n") is None
        True
    """
    lines = (line.strip() for line in text.splitlines() if not line.startswith("#"))
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    try:
        identity = Identity(
            cluster_id=fields["cluster.id"],
            directory_id=fields["directory.id"],
            node_id=int(fields["node.id"]),
        )
    except (KeyError, ValueError):
        return None
    return identity if fields.get("version") == "1" else None


def inspect_storage(
    folder: Path, *, names: frozenset[str], meta: str | None, known: Identity | None
) -> KeepStorage | FormatStorage | RestoreStorage:
    """Decide what a folder of records needs before Kafka can start in it.

    Args:
        folder: Named in messages only.
        names: Of the files and folders in it.
        meta: Text of its ``meta.properties``, if there is one.
        known: Whose records were here when it was last started from here.

    Raises:
        BrokerError: If it belongs to somebody else, or cannot be repaired from what is known.
    """
    identity = parse_meta(meta or "")
    if identity is not None:
        _check_owner(folder, identity, known)
        return KeepStorage(identity)
    empty = not any(PARTITION.fullmatch(name) for name in names)
    if empty and not meta:
        return FormatStorage()
    if known is not None:
        return RestoreStorage(known)
    raise BrokerError(
        f"starting Kafka in {folder}: {META} is "
        f"{'missing' if meta is None else 'not one that Kafka 4 can read'} and nothing else says "
        "whose records these are; put it back from a copy, move the folder away, or choose "
        "another with --data"
    )


def _check_owner(folder: Path, identity: Identity, known: Identity | None) -> None:
    if known is not None and known.cluster_id != identity.cluster_id:
        raise BrokerError(
            f"starting Kafka in {folder}: its records are of cluster {identity.cluster_id}, but "
            f"cluster {known.cluster_id} was here before; put that one's records back, or delete "
            f"{folder.parent / 'broker.json'} to go on with these"
        )


def prepare_records(folder: Path, *, known: Identity | None, checkpoint: Path) -> Identity:
    """Make a folder ready for Kafka to start in.

    Args:
        folder: Where the records are, or will be.
        known: Whose they were.
        checkpoint: What Kafka's own formatting wrote for a new cluster.

    Returns:
        Whose records they are.

    Raises:
        BrokerError: As `inspect_storage`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    meta = folder / META
    verdict = inspect_storage(
        folder,
        names=frozenset(path.name for path in folder.iterdir()),
        meta=meta.read_text(encoding="latin-1") if meta.is_file() else None,
        known=known,
    )
    if not (folder / CHECKPOINT).is_file():
        _whole(folder / CHECKPOINT, checkpoint.read_bytes())
    if isinstance(verdict, KeepStorage):
        return verdict.identity
    identity = (
        verdict.identity
        if isinstance(verdict, RestoreStorage)
        else Identity(cluster_id=new_id(), directory_id=new_id())
    )
    _whole(meta, meta_text(identity).encode("latin-1"))
    return identity


def _whole(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
