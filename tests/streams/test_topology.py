"""The topology is complete: every written topic is read, and the registry agrees."""

import pytest

from streams.outcome import RejectReason
from streams.records.topics import DEAD_LETTER, RAW, TOPICS, Topic
from streams.topology import FAILED, STAGES, UNREADABLE, Stage, readers_of, stage_named, writers_of

EACH_STAGE = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)


@EACH_STAGE
def test_stage_named_finds_every_stage(stage: Stage) -> None:
    assert stage_named(stage.name) is stage


def test_stage_named_raises_for_other_names() -> None:
    with pytest.raises(KeyError, match="nope"):
        stage_named("nope")


@EACH_STAGE
def test_stage_reads_records_of_its_topics(stage: Stage) -> None:
    assert [topic.name for topic, record in stage.reads if record not in topic.records] == []


@EACH_STAGE
def test_stage_reads_topics_written_before_it(stage: Stage) -> None:
    earlier = {t.name for s in STAGES[: STAGES.index(stage)] for t in s.writes} | {RAW.name}

    assert {topic.name for topic, _ in stage.reads} <= earlier


@EACH_STAGE
def test_stage_can_reject_every_value(stage: Stage) -> None:
    assert DEAD_LETTER in stage.writes
    assert {*UNREADABLE, *FAILED} <= set(stage.rejects)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_topic_has_writers_and_readers(topic: Topic) -> None:
    stages = {stage.name for stage in STAGES}

    assert not stages & {*topic.read_by, *topic.written_by}
    assert writers_of(topic)
    assert readers_of(topic)


def test_unreadable_and_failed_share_no_reason() -> None:
    assert set(UNREADABLE) & set(FAILED) == set[RejectReason]()
