"""A process notices that its topics are gone, or are others than at its start."""

from streams.kafka.topic_ids import TopicIds, parse_topic_ids
from streams.kafka.topic_watch import GONE_AFTER, TopicWatch

RAW, MEMORY = "articles.raw.v1", "articles.memory.v1"

FIRST, SECOND = TopicIds(ids={RAW: "5f2c90aa"}), TopicIds(ids={RAW: "00aa17e5"})


def test_recreated_topic_is_noticed_after_it_was_missing() -> None:
    watch = TopicWatch([RAW])

    for found in (FIRST, TopicIds(), SECOND):
        watch.look(found)

    assert (watch.recreated, watch.missing) == ([RAW], [])


def test_recreated_topic_stays_noticed() -> None:
    watch = TopicWatch([RAW])

    for found in (FIRST, SECOND, FIRST):
        watch.look(found)

    assert watch.recreated == [RAW]


def test_topic_recreated_before_first_look_is_noticed() -> None:
    watch = TopicWatch([RAW])
    watch.expect(FIRST.ids)

    watch.look(SECOND)

    assert watch.recreated == [RAW]


def test_same_topics_are_no_problem() -> None:
    watch = TopicWatch([RAW])

    watch.look(FIRST)
    watch.look(FIRST)

    assert watch.problem == ""


def test_broker_without_ids_is_no_problem() -> None:
    watch = TopicWatch([RAW])

    watch.look(TopicIds(known=False))

    assert watch.problem == ""


def test_missing_table_is_named() -> None:
    watch = TopicWatch([RAW, MEMORY])

    watch.look(FIRST)

    assert watch.problem == "articles.memory.v1 does not exist"


def test_process_waits_for_less_than_a_minute() -> None:
    seconds = iter((0.0, 0.0, 39.0, 41.0))
    watch = TopicWatch([RAW], now=lambda: next(seconds))

    waited = [watch.has_waited_in_vain(is_idle_in_vain=True) for _ in range(3)]

    assert waited == [False, False, True]
    assert GONE_AFTER.total_seconds() < 60


def test_wait_begins_again_after_work() -> None:
    seconds = 0.0
    watch = TopicWatch([RAW], now=lambda: seconds)
    watch.has_waited_in_vain(is_idle_in_vain=True)
    seconds = 39.0
    watch.has_waited_in_vain(is_idle_in_vain=False)

    seconds = 41.0

    assert not watch.has_waited_in_vain(is_idle_in_vain=True)


def test_topic_with_an_error_does_not_exist() -> None:
    uuid = bytes.fromhex("5f2c90aa00000000b9000000000000aa")
    topics = [(0, RAW, uuid, False, [(), ()], 0, {}), (3, MEMORY, bytes(16), False, [], 0, {})]

    found = parse_topic_ids("cluster", topics)

    assert (found.ids, found.n_partitions) == ({RAW: "5f2c90aa"}, {RAW: 2})
