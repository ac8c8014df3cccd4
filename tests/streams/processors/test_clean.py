"""The processor of `clean` passes settings to the stage and sends its record."""

import gzip
from datetime import UTC, datetime

import pytest

from streams.processors.clean import clean_processor
from streams.processors.message import Message, Result
from streams.records import CleanArticle, DeadLetter, Encoding, RawArticle, decode, encode
from streams.records.topics import CLEAN, RAW
from streams.settings import Settings
from tests.support.builders import raw_article
from tests.support.pages import PARAGRAPHS, page

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def cleaned(raw: RawArticle, settings: Settings | None = None) -> Result:
    """Run the processor on an article."""
    message = Message(topic=RAW.name, partition=0, offset=0, key=raw.id.encode(), value=encode(raw))
    return clean_processor(settings or Settings())(message, NOW)


def test_clean_sends_article_under_id() -> None:
    raw = raw_article(title="Harbor bridge reopens")

    [sent] = cleaned(raw).messages

    assert (sent.topic, sent.key) == (CLEAN.name, raw.id.encode())
    assert decode(sent.value or b"", CleanArticle).id == raw.id


@pytest.mark.parametrize(
    ("raw", "decision", "reason"),
    [
        (raw_article(body="", title="", content_type="text/plain"), "dropped", "empty_article"),
        (raw_article(body=b"no gzip", encoding=Encoding.GZIP), "rejected", "unreadable_body"),
        (raw_article(url="javascript:void(0)"), "rejected", "unusable_url"),
    ],
    ids=["empty", "broken gzip", "no URL"],
)
def test_clean_names_reason_of_drop_or_reject(raw: RawArticle, decision: str, reason: str) -> None:
    result = cleaned(raw)

    assert (result.decision, result.reason) == (decision, reason)


def test_clean_limits_page_size_by_settings() -> None:
    result = cleaned(raw_article(body="x" * 2000), Settings(max_page_bytes=1024))

    letter = decode(result.messages[0].value or b"", DeadLetter)
    assert (result.reason, letter.detail) == (
        "too_large",
        "2000 bytes, limit 1024; NEWS_MAX_PAGE_BYTES sets the limit",
    )


def test_clean_reads_page_of_7_mib_by_default() -> None:
    script = "<script>" + "var a = 1;\n" * 700_000 + "</script>"
    result = cleaned(raw_article(body=gzip.compress(page(head=script).encode(), mtime=0)))

    assert result.decision == "emitted"
    assert PARAGRAPHS[0] in decode(result.messages[0].value or b"", CleanArticle).text
