"""The folder of Kafka's records: created, recognized, repaired if that is safe, never wiped."""

import base64
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from streams.broker.config import properties_text
from streams.broker.state import Identity
from streams.errors import BrokerError

META = "meta.properties"
"""Names the owner of the records; Kafka does not start without it."""

CHECKPOINT = "bootstrap.checkpoint"
"""Names the features with which a new cluster starts."""

PARTITION = re.compile(r".+-\d+")
"""Folder of records, named by topic and partition; also all topics' settings
(``__cluster_metadata-0``)."""


@dataclass(frozen=True)
class KeepStorage:
    """The folder is intact.

    Attributes:
        identity: Owner that the folder names.
    """

    identity: Identity


@dataclass(frozen=True)
class FormatStorage:
    """The folder is empty and can be formatted for a new owner."""


@dataclass(frozen=True)
class RestoreStorage:
    """The folder has records but no owner, and the owner is known.

    Attributes:
        identity: Owner before.
    """

    identity: Identity


def new_id() -> str:
    """Return a new id as Kafka makes it: 22 characters; the first is not a hyphen, for tools.

    References:
        ``org.apache.kafka.common.Uuid``: URL-safe base64 of a random UUID.
    """
    while (id_ := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[:22]).startswith("-"):
        pass
    return id_


def meta_text(identity: Identity) -> str:
    """Return an identity as the text of ``meta.properties``."""
    return properties_text(
        {
            "version": 1,
            "cluster.id": identity.cluster_id,
            "node.id": identity.node_id,
            "directory.id": identity.directory_id,
        }
    )


def parse_meta(text: str) -> Identity | None:
    r"""Parse ``meta.properties``.

    Returns:
        The identity; None if it is incomplete or of another version (KRaft's is 1).

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
    """Return what a folder of records needs before Kafka can start in it.

    Args:
        folder: Path of the folder, for messages only.
        names: Names of the files and folders in it.
        meta: Text of its ``meta.properties``, if there is one.
        known: Owner of the records at the last start from here.

    Raises:
        BrokerError: If it belongs to another cluster, or cannot be repaired from what is known.
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
        f"{'missing' if meta is None else 'not one that Kafka 4 can read'} and no other file names "
        "the owner of the records; restore it from a copy, move the folder away, or choose "
        "another with --data"
    )


def _check_owner(folder: Path, identity: Identity, known: Identity | None) -> None:
    if known is not None and known.cluster_id != identity.cluster_id:
        raise BrokerError(
            f"starting Kafka in {folder}: its records belong to cluster {identity.cluster_id}, but "
            f"cluster {known.cluster_id} was here before; restore the records of that one, or "
            f"delete {folder.parent / 'broker.json'} to continue with these"
        )


def prepare_records(folder: Path, *, known: Identity | None, checkpoint: Path) -> Identity:
    """Prepare a folder of records for a start of Kafka.

    Args:
        folder: Folder of the records; created if missing.
        known: Owner of the records at the last start.
        checkpoint: Checkpoint that Kafka's own formatting wrote for a new cluster.

    Returns:
        Owner of the records.

    Raises:
        BrokerError: See `inspect_storage`.
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
        _write_atomically(folder / CHECKPOINT, checkpoint.read_bytes())
    if isinstance(verdict, KeepStorage):
        return verdict.identity
    identity = (
        verdict.identity
        if isinstance(verdict, RestoreStorage)
        else Identity(cluster_id=new_id(), directory_id=new_id())
    )
    _write_atomically(meta, meta_text(identity).encode("latin-1"))
    return identity


def _write_atomically(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
