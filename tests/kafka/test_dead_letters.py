"""``streams dead-letters`` against a live Kafka: list, show and redrive."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.cli.dead_letters import app
from streams.errors import UsageError
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
    ],
    ids=["still broken", "refused by a source", "no value"],
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
