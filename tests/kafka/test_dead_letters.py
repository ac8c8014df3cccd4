"""``streams dead-letters`` against a live Kafka: list, show and redrive."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord

from streams.cli.dead_letters import app
from streams.errors import BrokerError, UsageError
from streams.inspect.dead_letters import StoredDeadLetter, read_dead_letters, redrive
from streams.kafka.subscribe import follow_topic
from streams.records import ATTEMPT_HEADER, TAKEN_HEADER, DeadLetter, encode
from streams.records.topics import CLEAN, DEAD_LETTER, RAW
from streams.settings import Settings
from tests.support.builders import FETCHED, clean_article, raw_article
from tests.support.commands import run_command
from tests.support.live import messages_on, send

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, CLEAN, DEAD_LETTER)


def letter(**changes: Any) -> DeadLetter:
    fields = {
        "stage": "clean",
        "reason": "not_json",
        "detail": "Input data was truncated",
        "time": FETCHED,
        "topic": RAW.name,
        "partition": 3,
        "offset": 17,
        "origin": "articles.raw.v1-3-17",
        "key": b"some-key",
        "value": b"{",
        "headers": (("trace", b"\xff"),),
    }
    return DeadLetter(**(fields | changes))


REFUSED = {
    "stage": "sources",
    "topic": "",
    "partition": -1,
    "offset": -1,
    "origin": "",
    "key": None,
    "headers": (),
}


async def store_letters(live: Settings, *letters: DeadLetter) -> list[str]:
    """Put dead letters on their topic; return their ids."""
    places = await send(live, DEAD_LETTER, *(encode(each) for each in letters), key=b"k")
    return [place.removeprefix(f"{DEAD_LETTER.name}-") for place in places]


async def test_list_filters_by_reason(live: Settings) -> None:
    letters = [
        letter(reason=reason, time=FETCHED + timedelta(seconds=n))
        for n, reason in enumerate(["not_json", "timed_out", "timed_out"])
    ]
    ids = await store_letters(live, *letters)

    result = await run_command(app, "list", "--reason", "timed_out", "-n", 1, "--json", live=live)

    [line] = result.stdout.splitlines()
    assert orjson.loads(line)["id"] == ids[2]
    assert orjson.loads(line)["reason"] == "timed_out"


async def test_list_shows_reasons(live: Settings) -> None:
    [name] = await store_letters(live, letter(detail="[bold]odd\x1b[31m"))

    result = await run_command(app, "list", live=live)

    assert name in result.stdout
    assert "not_json" in result.stdout
    assert "[bold]odd" in result.stdout
    assert "\x1b" not in result.stdout
    assert "1 dead letter\n" in result.stderr


@pytest.mark.parametrize(
    ("value", "output"), [(b'{"a": "caf\xc3\xa9', '{"a": "café'), (b"\xff\xfe\x00", "ff fe 00")]
)
async def test_show_prints_text_or_hexadecimal(live: Settings, value: bytes, output: str) -> None:
    [name] = await store_letters(live, letter(value=value))

    result = await run_command(app, "show", name, live=live)

    for text in (output, "articles.raw.v1-3-17", "some-key", "header trace", "ff", "truncated"):
        assert text in result.stdout


async def test_show_raw_writes_original_bytes(live: Settings) -> None:
    [name] = await store_letters(live, letter(value=b"\xff\n\x00"))

    result = await run_command(app, "show", name, "--raw", live=live)

    assert result.stdout_bytes == b"\xff\n\x00"


async def test_redrive_keeps_key_and_headers(live: Settings) -> None:
    headers = ((ATTEMPT_HEADER, b"2"), (TAKEN_HEADER, b"1795400552621"), ("a", b"b"))
    [name] = await store_letters(live, letter(attempt=2, headers=headers))

    result = await run_command(app, "redrive", name, "--json", live=live)

    [message] = await messages_on(live, RAW)
    assert result.exit_code == 0
    assert (message.key, message.value) == (b"some-key", b"{")
    assert message.headers == (("a", b"b"), (ATTEMPT_HEADER, b"3"))
    assert orjson.loads(result.stdout) == {
        "id": name,
        "sent_to": f"{RAW.name}-{message.partition}-{message.offset}",
        "attempt": 3,
        "problem": "",
    }


async def test_redrive_sends_corrected_value(live: Settings, tmp_path: Path) -> None:
    [name] = await store_letters(live, letter(stage="dedupe", topic=CLEAN.name))
    corrected = tmp_path / "corrected.json"
    corrected.write_bytes(encode(clean_article()))

    result = await run_command(app, "redrive", name, "--value", corrected, live=live)

    [message] = await messages_on(live, CLEAN)
    assert result.exit_code == 0
    assert (message.key, message.value) == (b"some-key", encode(clean_article()))


async def test_redrive_of_refused_input_is_raw_article(live: Settings, tmp_path: Path) -> None:
    [name] = await store_letters(live, letter(**REFUSED))
    corrected = tmp_path / "corrected.json"
    corrected.write_bytes(encode(raw_article()))

    await run_command(app, "redrive", name, "--value", corrected, live=live)

    [message] = await messages_on(live, RAW)
    assert message.key == raw_article().id.encode()


@pytest.mark.parametrize(
    ("changes", "corrected", "message"),
    [
        ({}, b"still broken", "not a record of articles.raw.v1"),
        (REFUSED, None, "never stored whole in Kafka"),
        ({"value": None}, None, "no value"),
        ({"truncated": True}, None, "only the beginning of the value is stored"),
        ({"detail": "big (key and value cut to 65536 bytes, headers left out)"}, None, "beginning"),
    ],
    ids=["still broken", "refused by a source", "no value", "cut", "cut by an older version"],
)
async def test_redrive_reports_unsendable_letters(
    live: Settings, tmp_path: Path, changes: dict[str, Any], corrected: bytes | None, message: str
) -> None:
    [name] = await store_letters(live, letter(**changes))
    path = tmp_path / "corrected.json"
    path.write_bytes(corrected or b"")
    words = ("--value", path) if corrected else ()

    result = await run_command(app, "redrive", name, *words, live=live)

    assert result.exit_code == 1
    assert message in result.stderr.replace("\n", " ")
    assert await messages_on(live, RAW) == []


async def test_redrive_all_filters_by_reason(live: Settings) -> None:
    await store_letters(
        live,
        letter(reason="timed_out", value=b"1"),
        letter(reason="not_json", value=b"2"),
        letter(reason="timed_out", value=b"3"),
    )

    result = await run_command(app, "redrive", "--all", "--reason", "timed_out", live=live)

    assert [message.value for message in await messages_on(live, RAW)] == [b"1", b"3"]
    assert "sent 2 of 2 dead letters" in result.stderr


@pytest.mark.parametrize(
    "words",
    [("show", "3-17"), ("show", "x"), ("redrive",), ("redrive", "0-0", "--all")],
)
async def test_dead_letters_report_invalid_arguments(
    live: Settings, words: tuple[str, ...]
) -> None:
    result = await run_command(app, *words, live=live)

    assert isinstance(result.exception, UsageError)


async def test_list_names_source_and_url_of_article(live: Settings) -> None:
    article = raw_article()
    await store_letters(live, letter(value=encode(article)))

    rows = await run_command(app, "list", "--json", live=live)
    shown = await run_command(app, "list", live=live)

    row = orjson.loads(rows.stdout)
    assert (row["source"], row["url"]) == (article.source, article.url)
    assert f"{article.source}  {article.url}\n" in shown.stdout


def rejected_again(message: ConsumerRecord, *, reason: str = "not_json") -> DeadLetter:
    """Return the letter that `clean` sends about a message on the raw topic."""
    headers = tuple(message.headers)
    return letter(
        reason=reason,
        partition=message.partition,
        offset=message.offset,
        origin=f"{RAW.name}-{message.partition}-{message.offset}",
        key=message.key,
        value=message.value,
        headers=headers,
        attempt=int(dict(headers)[ATTEMPT_HEADER]),
    )


async def redrive_and_reject(live: Settings, *words: str) -> list[int]:
    """Redrive all letters; reject what was sent. Return the attempts that were sent."""
    n_before = len(await messages_on(live, RAW))
    result = await run_command(app, "redrive", "--all", *words, "--json", live=live)
    assert result.exit_code == 0, result.stderr
    sent = (await messages_on(live, RAW))[n_before:]
    await store_letters(live, *(rejected_again(message) for message in sent))
    return sorted(int(dict(message.headers)[ATTEMPT_HEADER]) for message in sent)


async def test_redrive_all_sends_as_many_each_time(live: Settings) -> None:
    letters = [letter(offset=n, origin=f"{RAW.name}-3-{n}", value=b"%d{" % n) for n in range(5)]
    await store_letters(live, *letters)

    attempts = [await redrive_and_reject(live) for _ in range(4)]

    assert attempts == [[2] * 5, [3] * 5, [4] * 5, [5] * 5]
    listed = await run_command(app, "list", "--json", live=live)
    rows = [orjson.loads(line) for line in listed.stdout.splitlines()]
    assert [(row["attempt"], row["origin"][:16]) for row in rows] == [(5, "articles.raw.v1-")] * 5


async def test_redrive_all_leaves_out_mended_letters(live: Settings, tmp_path: Path) -> None:
    first, _second = await store_letters(live, letter(offset=1), letter(offset=2))
    corrected = tmp_path / "corrected.json"
    corrected.write_bytes(encode(raw_article()))
    await run_command(app, "redrive", first, "--value", corrected, live=live)

    result = await run_command(app, "redrive", "--all", live=live)

    assert "sent 1 of 1 dead letter: 1 for attempt 2" in result.stderr
    assert len(await messages_on(live, RAW)) == 2


async def test_redrive_all_sends_redelivered_letter_once(live: Settings) -> None:
    await store_letters(live, letter(), letter(), letter(stage="sources", topic="", key=None))

    result = await run_command(app, "redrive", "--all", live=live)

    assert [message.value for message in await messages_on(live, RAW)] == [b"{"]
    assert "sent 1 of 2 dead letters" in result.stderr


async def test_redrive_all_stops_at_limit(live: Settings) -> None:
    await store_letters(live, letter(offset=1, attempt=3), letter(offset=2, attempt=2))

    result = await run_command(app, "redrive", "--all", "--max-attempts", 3, live=live)

    assert [dict(each.headers)[ATTEMPT_HEADER] for each in await messages_on(live, RAW)] == [b"3"]
    assert "left out 1 dead letter that failed 3 times" in result.stderr.replace("\n", " ")


async def test_redriven_letter_is_sent_again_only_on_request(live: Settings) -> None:
    [name] = await store_letters(live, letter())
    await run_command(app, "redrive", name, live=live)

    refused = await run_command(app, "redrive", name, live=live)
    sent = await run_command(app, "redrive", name, "--again", live=live)

    assert (refused.exit_code, sent.exit_code) == (1, 0)
    assert "redriven before" in refused.stderr
    assert len(await messages_on(live, RAW)) == 2


async def test_redrive_that_dies_sends_nothing_or_marks(live: Settings) -> None:
    await store_letters(live, *(letter(offset=n, value=b"%d" % n) for n in range(150)))

    async def letters() -> AsyncIterator[StoredDeadLetter]:
        async for each in read_dead_letters(live):
            yield each

    dying = redrive(live, letters)
    first = [(await anext(dying)).letter.record.offset for _ in range(100)]
    with pytest.raises(RuntimeError, match="died"):
        await dying.athrow(RuntimeError("died"))
    await run_command(app, "redrive", "--all", live=live)

    values = [int(message.value) for message in await messages_on(live, RAW)]
    assert (len(first), sorted(values)) == (100, list(range(150)))


async def test_second_redrive_ends_the_first(live: Settings) -> None:
    await store_letters(live, *(letter(offset=n, value=b"%d" % n) for n in range(150)))

    async def letters() -> AsyncIterator[StoredDeadLetter]:
        async for each in read_dead_letters(live):
            yield each

    overtaken = redrive(live, letters)
    await anext(overtaken)
    await run_command(app, "redrive", "--all", live=live)

    with pytest.raises(BrokerError, match="another `streams dead-letters redrive` has started"):
        [result async for result in overtaken]
    values = [int(message.value) for message in await messages_on(live, RAW)]
    assert sorted(values) == list(range(150))


async def test_marks_are_no_records_for_subscribers(
    live: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    await store_letters(live, letter())
    await run_command(app, "redrive", "--all", live=live)

    follow = follow_topic(live, DEAD_LETTER.name, start="beginning", until_end=True)
    received = [each.record async for each in follow]

    assert received == [letter()]
    assert "not decodable" not in caplog.text
