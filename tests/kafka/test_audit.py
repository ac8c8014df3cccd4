"""The audit on a live broker: counts by origin, and ignores records that were never articles."""

import pytest

from streams.errors import BrokerError
from streams.inspect.audit import audit
from streams.records import ATTEMPT_HEADER, ORIGIN_HEADER, Change, DeadLetter, Record, Topic
from streams.records.topics import DEAD_LETTER, DROPPED, DUPLICATES, ENRICHED, RAW
from streams.settings import Settings
from tests.support.builders import FETCHED, duplicate_article, enriched_article, raw_article
from tests.support.live import send

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, ENRICHED, DUPLICATES, DROPPED, DEAD_LETTER)


async def end(
    settings: Settings, topic: Topic, record: Record, origin: str, attempt: int = 1
) -> None:
    """Write this record as the end of an origin."""
    headers = [(ORIGIN_HEADER, origin.encode())]
    if attempt > 1:
        headers.append((ATTEMPT_HEADER, str(attempt).encode()))
    await send(settings, topic, record, key=b"k", headers=headers)


async def test_audit_of_complete_topics_is_conserved(live: Settings) -> None:
    [first, second] = await send(live, RAW, raw_article(), b"broken", key=b"k")
    letter = DeadLetter(stage="clean", reason="not_json", detail="", time=FETCHED)
    await end(live, ENRICHED, enriched_article(), first)
    await end(live, ENRICHED, enriched_article(), first)
    await end(live, DEAD_LETTER, letter, second)

    result = await audit(live)

    assert (result.conserved, result.origins, result.repeats) == (True, 2, 1)
    assert result.ends[ENRICHED.name] == result.ends[DEAD_LETTER.name] == 1


async def test_audit_names_missing_and_double_origins(live: Settings) -> None:
    [first, second] = await send(live, RAW, raw_article(), raw_article(), key=b"k")
    await end(live, ENRICHED, enriched_article(), first)
    await end(live, DUPLICATES, duplicate_article(), first)

    result = await audit(live)

    assert (result.missing, result.twice) == ([second], [first])


@pytest.mark.parametrize("change", list(Change))
async def test_audit_counts_duplicates_as_ends(live: Settings, change: Change) -> None:
    [origin] = await send(live, RAW, raw_article(), key=b"k")
    await end(live, DUPLICATES, duplicate_article(change=change), origin)

    assert (await audit(live)).conserved


async def test_audit_ignores_records_refused_by_sources(live: Settings) -> None:
    refused = DeadLetter(stage="sources", reason="too_large", detail="", time=FETCHED)
    await send(live, DEAD_LETTER, refused, key=b"k")

    result = await audit(live)

    assert (result.conserved, result.strange, sum(result.records.values())) == (True, 0, 0)


async def test_audit_counts_redriven_letter_at_its_end(live: Settings) -> None:
    [redriven, again, both] = await send(live, RAW, *[raw_article()] * 3, key=b"k")
    letter = DeadLetter(stage="tag", reason="timed_out", detail="", time=FETCHED)
    for origin in (redriven, again, both):
        await end(live, DEAD_LETTER, letter, origin)
    await end(live, ENRICHED, enriched_article(), redriven, attempt=2)
    await end(live, DEAD_LETTER, letter, again, attempt=2)
    await end(live, ENRICHED, enriched_article(), both)

    result = await audit(live)

    assert (result.redriven, result.twice, result.missing) == (1, [both], [])
    assert (result.ends[ENRICHED.name], result.ends[DEAD_LETTER.name]) == (2, 2)


async def test_audit_fails_without_topics(live: Settings) -> None:
    elsewhere = live.model_copy(update={"topic_prefix": "nowhere."})

    with pytest.raises(BrokerError, match=r"articles\."):
        await audit(elsewhere)
