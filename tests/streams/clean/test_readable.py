"""What is refused at the door is refused by `clean`, for the same reason."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from streams.clean.article import clean_article
from streams.clean.readable import refusal_of
from streams.outcome import Emit, Reject
from streams.records import RawArticle
from streams.sources.article import raw_article

MAX_BYTES = 300
BLANK = ("", " ", "\n", "&nbsp;", "&#8203;", "\u200b", "\x00", "\ufeff", "-", "Rain", "<p>")
WORDS = st.lists(st.sampled_from(BLANK), max_size=4).map("".join)
URLS = ("", "javascript:alert(1)", "https://news.test/a", "https://", "//news.test/a", "HTTP://x")
BODIES = (
    WORDS.map(str.encode)
    | st.binary(max_size=400)
    | st.sampled_from([b"x" * 301, b"\x1f\x8b\x08", b"<p " + b"a=1 " * 70])
)
ARTICLES = st.builds(
    raw_article,
    source=st.just("wire"),
    fetched=st.just(datetime(2026, 3, 2, tzinfo=UTC)),
    title=WORDS,
    summary=WORDS,
    body=BODIES,
    url=st.sampled_from(URLS),
    feed_url=st.sampled_from(["", "https://news.test/feed"]),
    content_type=st.sampled_from(["text/plain", "text/html", "image/png"]),
)


@given(ARTICLES)
def test_refusal_is_sure(raw: RawArticle) -> None:
    refusal = refusal_of(raw, max_page_bytes=MAX_BYTES)
    outcome = clean_article(raw, max_page_bytes=MAX_BYTES)

    assert refusal is None or not isinstance(outcome, Emit)
    assert not isinstance(refusal, Reject) or outcome == refusal
    assert not isinstance(outcome, Reject) or outcome == refusal
