"""Faust's consumer reads committed records only, and shares partitions by our assignor."""

from types import SimpleNamespace
from typing import Any

import pytest

from streams.kafka.assignor import RejoinAssignor, SingleAssignor
from streams.settings import Settings
from streams.topology import CLEAN_STAGE, DEDUPE_STAGE, Stage
from streams.worker.app import create_app
from streams.worker.faust_patches.create import _configured, patch_create


def uncommitted() -> Any:
    """Return a consumer as Faust creates it."""
    return SimpleNamespace(
        _isolation_level="read_uncommitted",
        _partition_assignment_strategy=(object(),),
        start=None,
    )


@pytest.mark.parametrize(
    ("stage", "assignor"), [(CLEAN_STAGE, RejoinAssignor), (DEDUPE_STAGE, SingleAssignor)]
)
def test_created_consumer_is_configured(stage: Stage, assignor: type[RejoinAssignor]) -> None:
    app = create_app(stage, Settings(broker="a:1"))
    create = _configured(lambda _self, _transport: uncommitted())

    consumer = create(SimpleNamespace(app=app), None)

    assert consumer._isolation_level == "read_committed"
    assert [type(each) for each in consumer._partition_assignment_strategy] == [assignor]


async def test_faust_reads_uncommitted_records() -> None:
    """Without the patch: if this fails, Faust has a setting and the patch can go."""
    app = create_app(CLEAN_STAGE, Settings(broker="127.0.0.1:1"))
    app.finalize()
    thread = app.consumer._thread

    consumer = type(thread)._news_original_create(thread, app.transport)

    assert consumer._isolation_level == "read_uncommitted"
    await consumer.stop()
    # A thread that never starts never closes the event loop that it was made with.
    thread.thread_loop.close()


def test_patch_refuses_other_versions() -> None:
    with pytest.raises(RuntimeError, match=r"faust_patches\.create is for faust-streaming"):
        patch_create("0.16")
