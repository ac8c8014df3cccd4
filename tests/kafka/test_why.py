"""``streams why`` against a live Kafka: every record of an article, in order."""

from typing import Any

import msgspec
import orjson
import pytest

from streams.cli.why.trace import why
from streams.errors import UsageError
from streams.records import (
    ORIGIN_HEADER,
    Change,
    DeadLetter,
    DroppedArticle,
    Memory,
    Receipt,
    Revision,
    RevisionKind,
    article_id,
)
from streams.records.topics import (
    CLEAN,
    DEAD_LETTER,
    DROPPED,
    DUPLICATES,
    ENRICHED,
    MEMORY,
    RAW,
    UNIQUE,
)
from streams.settings import Settings
from tests.support.builders import (
    FETCHED,
    URL,
    clean_article,
    duplicate_article,
    enriched_article,
    entity,
    raw_article,
    unique_article,
)
from tests.support.commands import run_command
from tests.support.live import EUROPE, send

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (
    *(RAW, CLEAN, UNIQUE, DUPLICATES, ENRICHED, DROPPED, DEAD_LETTER, MEMORY),
    EUROPE,
)

CLEANED = Receipt(stage="clean", decision="cleaned", rule="trafilatura")
ELSEWHERE = Receipt(stage="route", decision="routed", rule="elsewhere")
ROUTED = Receipt(stage="route", decision="routed", rule="europe", evidence="entity Russia")


async def trace(live: Settings, article: str) -> list[list[dict[str, Any]]]:
    """Return the trace of each version in the output of `why`."""
    result = await run_command(why, article, "--json", live=live)
    return [version["steps"] for version in orjson.loads(result.stdout)["versions"]]


async def texts(live: Settings, article: str) -> list[list[tuple[str, str]]]:
    """Return stage and text of each step, for each version."""
    return [
        [(step["stage"], step["said"]) for step in version]
        for version in await trace(live, article)
    ]


async def run_all_stages(live: Settings, **changes: Any) -> str:
    """Send one version of an article through all stages; return its origin."""
    [origin] = await send(live, RAW, raw_article())
    headers = [(ORIGIN_HEADER, origin.encode())]
    await send(live, CLEAN, clean_article(receipts=(CLEANED,)), headers=headers)
    await send(live, UNIQUE, unique_article(receipts=(CLEANED,), **changes), headers=headers)
    enriched = enriched_article(entities=(entity("Russia"),), receipts=(CLEANED,), **changes)
    await send(live, ENRICHED, enriched, headers=headers)
    routed = msgspec.structs.replace(enriched, receipts=(CLEANED, ROUTED, ELSEWHERE))
    await send(live, EUROPE, routed, headers=headers)
    return origin


WAY = [
    ("sources", "from test-feed, fetched 2026-03-02 09:30:00"),
    ("clean", "230 characters, language en"),
    ("dedupe", "new article"),
    ("tag", "mentions Russia"),
    ("route", "routed to europe"),
]


@pytest.mark.parametrize("name", ["id", "url", "origin"])
async def test_why_traces_by_id_url_or_origin(live: Settings, name: str) -> None:
    origin = await run_all_stages(live)
    wanted = {"id": article_id(url=URL), "url": f"{URL}?utm_source=x", "origin": origin}

    [version] = await texts(live, wanted[name])

    assert [stage for stage, _ in version] == [stage for stage, _ in WAY]
    assert [words for stage, words in version if stage != "clean"] == [
        words for stage, words in WAY if stage != "clean"
    ]


async def test_why_shows_receipts_of_each_stage(live: Settings) -> None:
    await run_all_stages(live)

    [version] = await trace(live, URL)

    receipts = {step["stage"]: [each["rule"] for each in step["receipts"]] for step in version}
    assert receipts == {
        "sources": [],
        "clean": ["trafilatura"],
        "dedupe": [],
        "tag": [],
        "route": ["europe"],
    }


async def test_why_separates_versions(live: Settings) -> None:
    await run_all_stages(live)
    revision = Revision(number=2, kinds=(RevisionKind.NUMBERS,), added=1, removed=2)
    origin = await run_all_stages(live, revision=revision)

    both = await texts(live, URL)
    [second] = await texts(live, origin)

    assert [version[2] for version in both] == [
        ("dedupe", "new article"),
        ("dedupe", "revision 2: numbers; 1 sentence added, 2 removed"),
    ]
    assert both[1] == second


async def test_why_finds_copy_by_group_key(live: Settings) -> None:
    copy = duplicate_article()
    [origin] = await send(live, RAW, raw_article(url=copy.url))
    headers = [(ORIGIN_HEADER, origin.encode())]
    memory = Memory(
        article_id=copy.id, group_id=copy.group_id, time=FETCHED, fetched=FETCHED, clock=FETCHED
    )
    await send(live, MEMORY, memory)
    await send(live, DUPLICATES, copy, headers=headers)

    [version] = await texts(live, copy.url)

    said = f"copy of {copy.duplicate_of}: near, similarity 0.93, containment 0.98"
    assert version[-1] == ("dedupe", said)


async def test_why_finds_copy_evicted_from_memory(live: Settings) -> None:
    copy = duplicate_article(change=Change.UNCHANGED)
    await send(live, DUPLICATES, copy, headers=[(ORIGIN_HEADER, b"articles.raw.v1-0-0")])

    [version] = await texts(live, copy.url)

    assert version[0][1].startswith("unchanged of")


async def test_why_follows_changed_url(live: Settings) -> None:
    raw = raw_article(url="", body="saved page")
    [origin] = await send(live, RAW, raw)
    await send(live, CLEAN, clean_article(), headers=[(ORIGIN_HEADER, origin.encode())])
    await send(live, UNIQUE, unique_article(), headers=[(ORIGIN_HEADER, origin.encode())])

    by_raw_id = await texts(live, raw.id)
    by_url = await texts(live, URL)

    assert [stage for stage, _ in by_raw_id[0]] == ["sources", "clean", "dedupe"]
    assert by_url == by_raw_id


async def test_why_shows_drops_and_dead_letters(live: Settings) -> None:
    raw = raw_article()
    [dropped_origin, dead_origin] = await send(live, RAW, raw, raw)
    dropped = DroppedArticle(id=raw.id, source="x", stage="clean", reason="empty_article")
    await send(live, DROPPED, dropped, headers=[(ORIGIN_HEADER, dropped_origin.encode())])
    letter = DeadLetter(
        stage="clean",
        reason="timed_out",
        detail="10 s",
        time=FETCHED,
        topic=RAW.name,
        origin=dead_origin,
        key=raw.id.encode(),
    )
    [place] = await send(live, DEAD_LETTER, msgspec.json.encode(letter), key=letter.key)

    versions = await texts(live, URL)

    assert [version[-1] for version in versions] == [
        ("clean", "dropped: empty_article"),
        ("clean", f"dead letter {place.removeprefix(DEAD_LETTER.name + '-')}: timed_out: 10 s"),
    ]


async def test_why_finds_dead_letter_of_malformed_record(live: Settings) -> None:
    [origin] = await send(live, RAW, b"{", key=b"k")
    letter = DeadLetter(
        stage="clean", reason="not_json", detail="cut off", time=FETCHED, origin=origin, key=b"k"
    )
    await send(live, DEAD_LETTER, msgspec.json.encode(letter), key=b"k")

    [[(stage, said)]] = await texts(live, origin)

    assert (stage, said.endswith("not_json: cut off")) == ("clean", True)


async def test_why_counts_redelivered_records(live: Settings) -> None:
    [origin] = await send(live, RAW, raw_article())
    header = (ORIGIN_HEADER, origin.encode())
    await send(live, CLEAN, clean_article(), clean_article(), clean_article(), headers=[header])

    [[_, clean]] = await trace(live, URL)

    assert clean["repeats"] == 2


async def test_why_shows_title_trace_and_reasons(live: Settings) -> None:
    await run_all_stages(live)

    result = await run_command(why, URL, live=live)

    for text in ("Harbor bridge reopens", "mentions Russia", "routed · europe · entity Russia"):
        assert text in result.stdout
    assert "still in the pipeline" not in result.stdout


async def test_why_reports_article_in_progress(live: Settings) -> None:
    await send(live, RAW, raw_article())

    result = await run_command(why, URL, live=live)

    assert "still in the pipeline" in result.stdout


async def test_why_treats_unrouted_copy_as_arrived(live: Settings) -> None:
    copy = duplicate_article()
    await send(live, DUPLICATES, copy, headers=[(ORIGIN_HEADER, b"articles.raw.v1-0-0")])

    result = await run_command(why, copy.url, live=live)

    assert "still in the pipeline" not in result.stdout


async def test_why_reports_unknown_article(live: Settings) -> None:
    result = await run_command(why, "https://news.test/nowhere", live=live)

    assert result.exit_code == 1
    words = " ".join(result.stderr.split())
    assert "https://news.test/nowhere, " in words
    assert "not found on any topic" in words


async def test_why_reports_invalid_argument(live: Settings) -> None:
    result = await run_command(why, "that article about rain", live=live)

    assert isinstance(result.exception, UsageError)


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("bridge and language:en", 0, "wanted, since bridge and language:en"),
        ("bridge and language:de", 1, "not wanted, since not language:de"),
        ("kind:copy", 1, "not wanted, since not kind:copy"),
    ],
)
async def test_why_names_deciding_clause(live: Settings, query: str, code: int, said: str) -> None:
    article = enriched_article()
    await send(live, ENRICHED, article, headers=[(ORIGIN_HEADER, b"articles.raw.v1-0-7")])

    output = await run_command(why, article.id, "--query", query, live=live)
    line = await run_command(why, article.id, "--query", query, "--json", live=live)

    assert (output.exit_code, line.exit_code) == (code, code)
    assert output.stdout == f"{article.title} (articles.raw.v1-0-7): {said}\n"
    assert orjson.loads(line.stdout) == {
        "rule": "query",
        "wanted": code == 0,
        "clauses": said.partition("since ")[2].split(" and "),
        "reason": said,
        "origin": "articles.raw.v1-0-7",
        "article_id": article.id,
    }


async def test_why_reports_invalid_query(live: Settings) -> None:
    result = await run_command(why, article_id(url=URL), "--query", "a )", live=live)

    assert isinstance(result.exception, UsageError)


async def test_why_query_needs_an_article(live: Settings) -> None:
    result = await run_command(why, article_id(url=URL), "--query", "a", live=live)

    assert result.exit_code == 1
    assert "not on the enriched or duplicates topic" in result.stderr


async def test_why_follows_copy_to_original(live: Settings) -> None:
    text = " ".join(f"Word{n} stands in its place." for n in range(20))
    first = unique_article(text=text)
    second = duplicate_article(text=text.replace("Word3 ", "Three "))
    third = duplicate_article(
        text=text.replace("Word3 ", "Three ").replace("Word9 ", "Nine "),
        url="https://third.test/bridge",
        duplicate_of=second.id,
    )
    await send(live, UNIQUE, first, headers=[(ORIGIN_HEADER, b"articles.raw.v1-0-0")])
    await send(live, DUPLICATES, second, headers=[(ORIGIN_HEADER, b"articles.raw.v1-0-1")])
    await send(live, DUPLICATES, third, headers=[(ORIGIN_HEADER, b"articles.raw.v1-0-2")])

    [[step]] = await trace(live, third.url)
    output = await run_command(why, third.url, live=live)

    assert [link["article_id"] for link in step["chain"]] == [second.id, first.id]
    assert [item["right"] for item in step["compared"]["differences"]] == ["nine"]
    assert "[-word9-] {+nine+}" in output.stdout


async def test_why_reports_expired_original(live: Settings) -> None:
    copy = duplicate_article()
    await send(live, DUPLICATES, copy, headers=[(ORIGIN_HEADER, b"articles.raw.v1-0-0")])

    output = await run_command(why, copy.url, live=live)

    assert f"{copy.duplicate_of}, no longer on any topic" in output.stdout
