from pathlib import Path

import pytest

from streams.broker.state import Identity
from streams.broker.storage import (
    CHECKPOINT,
    META,
    FormatStorage,
    KeepStorage,
    RestoreStorage,
    inspect_storage,
    meta_text,
    new_id,
    parse_meta,
    prepare_records,
)
from streams.errors import BrokerError

OURS = Identity(cluster_id="A" * 22, directory_id="B" * 22)
THEIRS = Identity(cluster_id="C" * 22, directory_id="D" * 22, node_id=2)
EMPTY = frozenset[str]()
HALF = frozenset({CHECKPOINT, f"{META}.part"})
USED = frozenset({CHECKPOINT, "__cluster_metadata-0", "articles.raw.v1-3", ".lock"})
FOLDER = Path("/data/records")


@pytest.mark.parametrize(
    ("names", "meta", "known", "verdict"),
    [
        (EMPTY, None, None, FormatStorage()),
        (EMPTY, None, OURS, FormatStorage()),
        (HALF, None, None, FormatStorage()),
        (HALF, "", None, FormatStorage()),
        (frozenset({".lock", "log-start-offset-checkpoint"}), None, None, FormatStorage()),
        (USED, meta_text(OURS), None, KeepStorage(OURS)),
        (USED, meta_text(OURS), OURS, KeepStorage(OURS)),
        (USED, meta_text(THEIRS), None, KeepStorage(THEIRS)),
        (USED, None, OURS, RestoreStorage(OURS)),
        (USED, "", OURS, RestoreStorage(OURS)),
        (USED, "version=1\ncluster.id=half a fi", OURS, RestoreStorage(OURS)),
    ],
)
def test_inspect_storage_decides(
    names: frozenset[str], meta: str | None, known: Identity | None, verdict: object
) -> None:
    assert inspect_storage(FOLDER, names=names, meta=meta, known=known) == verdict


@pytest.mark.parametrize(
    ("names", "meta", "known", "message"),
    [
        (USED, None, None, "meta.properties is missing"),
        (USED, "half a fi", None, "not one that Kafka 4 can read"),
        (USED, "version=0\ncluster.id=z\nbroker.id=1", None, "not one that Kafka 4 can read"),
        (EMPTY, "version=0\ncluster.id=z\nbroker.id=1", None, "not one that Kafka 4 can read"),
        (USED, meta_text(THEIRS), OURS, f"cluster {THEIRS.cluster_id}"),
    ],
)
def test_inspect_storage_refuses_folders_it_cannot_repair(
    names: frozenset[str], meta: str | None, known: Identity | None, message: str
) -> None:
    with pytest.raises(BrokerError, match=message):
        inspect_storage(FOLDER, names=names, meta=meta, known=known)


def test_meta_properties_round_trip() -> None:
    assert parse_meta(meta_text(THEIRS)) == THEIRS


def test_new_id_has_the_form_of_kafkas_ids() -> None:
    ids = {new_id() for _ in range(500)}

    assert len(ids) == 500
    assert {len(id_) for id_ in ids} == {22}
    assert not any(id_.startswith("-") for id_ in ids)


def test_empty_folder_is_formatted_once_and_then_kept(tmp_path: Path) -> None:
    checkpoint = tmp_path / "from-kafka"
    checkpoint.write_bytes(b"features")
    records = tmp_path / "data" / "records"

    first = prepare_records(records, known=None, checkpoint=checkpoint)
    second = prepare_records(records, known=first, checkpoint=checkpoint)

    assert first == second == parse_meta((records / META).read_text())
    assert sorted(path.name for path in records.iterdir()) == [CHECKPOINT, META]
    assert (records / CHECKPOINT).read_bytes() == b"features"


def test_refused_folder_is_not_changed(tmp_path: Path) -> None:
    partition = tmp_path / "articles.raw.v1-0"
    partition.mkdir()
    (partition / "0.log").write_bytes(b"records")

    with pytest.raises(BrokerError):
        prepare_records(tmp_path, known=None, checkpoint=tmp_path / "none")

    assert [path.name for path in tmp_path.iterdir()] == [partition.name]
    assert (partition / "0.log").read_bytes() == b"records"
