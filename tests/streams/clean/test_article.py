"""The clean stage."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.article import clean_article
from streams.outcome import Drop, DropReason, Emit, Reject, RejectReason
from streams.records import CleanArticle, RawArticle, article_id, decode, encode
from streams.records.clean import Agreement, AuthorKind, TimePrecision
from streams.records.raw import Encoding, HttpInfo
from tests.support.builders import FETCHED, URL, raw_article
from tests.support.pages import PARAGRAPHS, page

LIMIT = 2_000_000


def _emitted(raw: RawArticle) -> CleanArticle:
    outcome = clean_article(raw, max_page_bytes=LIMIT)
    assert isinstance(outcome, Emit)
    return outcome.record


def _page(head: str = "", body: str = "", **changes: object) -> CleanArticle:
    return _emitted(raw_article(body=page(body, head), **changes))


@given(
    body=st.one_of(st.binary(), st.text(st.characters(exclude_categories=())).map(
        lambda text: text.encode("utf-8", "surrogatepass"))),
    title=st.text(st.characters(exclude_categories=())),
    published=st.text(max_size=30),
    charset=st.text(max_size=10),
    content_type=st.sampled_from(["text/html", "text/plain", "", "text/html; charset=x"]),
    authors=st.lists(st.text(), max_size=2),
)  # fmt: skip
def test_clean_article_of_any_input_is_valid(
    *, body: bytes, title: str, published: str, charset: str, content_type: str, authors: list[str]
) -> None:
    raw = RawArticle(
        id=article_id(body=body),
        source="test",
        fetched=FETCHED,
        title=title,
        published=published,
        charset=charset,
        content_type=content_type,
        authors=tuple(authors),
        body=body,
    )
    outcome = clean_article(raw, max_page_bytes=LIMIT)

    assert not isinstance(outcome, Emit) or decode(encode(outcome.record), CleanArticle)


@given(st.text())
def test_clean_article_of_any_page_is_valid(body: str) -> None:
    raw = raw_article(body=page(body).encode("utf-8", "surrogatepass"))
    outcome = clean_article(raw, max_page_bytes=LIMIT)

    assert not isinstance(outcome, Emit) or decode(encode(outcome.record), CleanArticle)


def test_clean_article_is_deterministic() -> None:
    raw = raw_article()

    assert clean_article(raw, max_page_bytes=LIMIT) == clean_article(raw, max_page_bytes=LIMIT)


def test_paragraph_offsets_are_exact() -> None:
    article = _page()

    assert tuple(article.text[p.start : p.end] for p in article.paragraphs) == PARAGRAPHS


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"url": "ftp://news.test/a"}, RejectReason.UNUSABLE_URL),
        ({"url": "news"}, RejectReason.UNUSABLE_URL),
        ({"body": b"no gzip", "encoding": Encoding.GZIP}, RejectReason.UNREADABLE_BODY),
        (
            {"body": bytes(range(256)) * 9, "content_type": "image/png"},
            RejectReason.UNREADABLE_BODY,
        ),
        ({"body": b"x" * (LIMIT + 1)}, RejectReason.TOO_LARGE),
        ({"body": gzip.compress(bytes(LIMIT + 1), mtime=0)}, RejectReason.TOO_LARGE),
        ({"body": "<html><p " + "a=1 " * 100_000 + ">"}, RejectReason.TOO_LARGE),
    ],
)
def test_clean_article_rejects_unreadable_article(
    changes: dict[str, object], reason: RejectReason
) -> None:
    outcome = clean_article(raw_article(**changes), max_page_bytes=LIMIT)

    assert isinstance(outcome, Reject)
    assert outcome.reason is reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"body": "", "title": ""}, DropReason.EMPTY_ARTICLE),
        ({"body": "<html></html>", "title": ""}, DropReason.EMPTY_ARTICLE),
        ({"body": "<title>Rain</title><body></body>", "title": ""}, DropReason.EMPTY_SHELL),
        ({"body": "<title>Page not found</title><p>Sorry.</p>"}, DropReason.NOT_FOUND),
        ({"http": HttpInfo(status=410)}, DropReason.NOT_FOUND),
        ({"url": "https://news.test/"}, DropReason.SECTION_PAGE),
    ],
)
def test_clean_article_drops_page_without_article(
    changes: dict[str, object], reason: DropReason
) -> None:
    outcome = clean_article(raw_article(**changes), max_page_bytes=LIMIT)

    assert isinstance(outcome, Drop)
    assert outcome.reason is reason


def test_headline_without_text_is_kept() -> None:
    article = _emitted(raw_article(title="Rain ends", body="", content_type="text/plain"))

    assert (article.title, article.text, article.paragraphs) == ("Rain ends", "", ())


def test_teaser_without_text_is_summary() -> None:
    raw = raw_article(
        title="Rain ends", summary="It&#39;s dry.", body="", content_type="text/plain"
    )

    assert _emitted(raw).summary == "It's dry."


def test_gzipped_body_equals_plain_body() -> None:
    raw = raw_article()
    packed = msgspec.structs.replace(
        raw, body=gzip.compress(raw.body, mtime=0), encoding=Encoding.GZIP
    )

    assert clean_article(packed, max_page_bytes=LIMIT) == clean_article(raw, max_page_bytes=LIMIT)


def test_fragment_from_feed_is_article() -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    article = _emitted(
        raw_article(title="Bridge reopens", body=body, feed_url="https://news.test/f")
    )

    assert article.text == "\n\n".join(PARAGRAPHS)
    assert article.provenance["title"].source == "feed"


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        (
            "https://news.test/world/other-spelling-17?utm_source=x",
            "https://news.test/world/other-spelling-17",
        ),
        ("https://news.test/", URL),
        ("https://elsewhere.test/world/bridge-17", URL),
        ("", URL),
    ],
)
def test_credible_canonical_url_identifies_article(canonical: str, url: str) -> None:
    article = _page(f'<link rel="canonical" href="{canonical}">')

    assert (article.url, article.id) == (url, article_id(url=url))


def test_article_without_url_keeps_raw_id() -> None:
    raw = raw_article(url="", external_id="17")

    assert _emitted(raw).id == raw.id


@pytest.mark.parametrize(
    ("head", "time", "precision", "source"),
    [
        (
            '<meta property="article:published_time" content="2026-03-01T10:00:00+01:00">',
            "2026-03-01T10:00:00+01:00",
            TimePrecision.SECOND,
            "meta",
        ),
        (
            (
                '<script type="application/ld+json">'
                '{"@type":"Article","datePublished":"2026-03-01"}</script>'
            ),
            "2026-03-01T00:00:00+00:00",
            TimePrecision.DAY,
            "json-ld",
        ),
        ('<meta name="date" content="yesterday">', None, TimePrecision.UNKNOWN, ""),
    ],
)
def test_published_time_has_zone_precision_and_source(
    head: str, time: str | None, precision: TimePrecision, source: str
) -> None:
    published = _page(head).published

    assert (published.time and published.time.isoformat()) == time
    assert (published.precision, published.source) == (precision, source)


def test_time_after_fetch_is_refused_with_provenance() -> None:
    article = _page('<meta property="article:published_time" content="2099-01-01T00:00:00Z">')

    assert article.published.time is None
    assert article.provenance["published"].alternatives[0].startswith("meta: 2099-01-01")


def test_local_time_read_as_utc_is_clamped_to_fetch() -> None:
    ahead = (FETCHED + timedelta(hours=9)).replace(tzinfo=None).isoformat()
    article = _page(f'<meta property="article:published_time" content="{ahead}">')

    assert article.published.time == FETCHED


def test_supplied_day_wins_over_day_in_url() -> None:
    raw = raw_article(
        url="https://news.test/2022/01/19/bridge-17",
        published="20220118",
        body="\n".join(PARAGRAPHS),
        content_type="text/plain",
        title="Bridge",
    )

    article = _emitted(raw)

    assert article.published.time == datetime(2022, 1, 18, tzinfo=UTC)
    assert article.provenance["published"].agreement is Agreement.DISPUTED


def test_printed_byline_wins_over_site_as_author() -> None:
    article = _page(
        '<meta property="og:site_name" content="Harbor Times">'
        '<meta name="author" content="Harbor Times">',
        '<span class="byline">By Ann Example</span>',
    )

    assert [(a.name, a.kind) for a in article.authors] == [("Ann Example", AuthorKind.PERSON)]
    assert article.provenance["authors"].alternatives == ("meta: Harbor Times",)


@pytest.mark.parametrize(
    ("head", "body", "source"),
    [
        ("", f"<p>{PARAGRAPHS[0]} (AFP)</p>", "sign-off"),
        ('<meta name="author" content="AFP">', "", "byline"),
    ],
)
def test_clean_article_recognizes_agency(head: str, body: str, source: str) -> None:
    article = _page(head, body)

    assert (article.agency, article.provenance["agency"].source) == ("AFP", source)
    assert "AFP" not in article.text


def test_clean_article_reads_paywall_section_and_image() -> None:
    article = _page(
        '<script type="application/ld+json">{"@type":"NewsArticle","articleSection":"World",'
        '"isAccessibleForFree":"False","image":{"url":"/b.jpg"}}</script>'
    )

    assert (article.paywalled, article.section) == (True, "World")
    assert article.image == "https://news.test/b.jpg"


def test_fast_extractor_is_named_in_receipt() -> None:
    outcome = clean_article(raw_article(), max_page_bytes=LIMIT, cheaply=True)

    assert isinstance(outcome, Emit)
    assert outcome.record.receipts[0].rule == "resiliparse"
    assert outcome.record.title in "Harbor bridge reopens after three months"
    assert "opened to traffic" in outcome.record.text


def test_receipt_of_replay_names_origin() -> None:
    raw = raw_article(replayed_from="articles.raw.v1-3-17")

    assert "replayed from articles.raw.v1-3-17" in _emitted(raw).receipts[0].evidence


def test_clean_article_removes_control_characters() -> None:
    article = _page(
        body="<p>A NUL &#0; and a bell &#7; and a surrogate &#xD800; are in this line.</p>"
    )

    assert article.text.isprintable() or set(article.text) - set("\n") == {
        c for c in article.text if c.isprintable()
    }


def test_clean_article_of_seed(seeds: Path) -> None:
    text = next(seeds.glob("000_*")).read_bytes()
    title, day, url, body = text.split(b"\n", 3)
    raw = raw_article(
        url=url.decode(), title=title.decode(), published=day.decode(), body=body,
        content_type="text/plain", fetched=datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip

    article = _emitted(raw)

    assert article.agency == "ANI"
    assert "ANI" not in article.text
    assert article.text.count("Meanwhile") == 2
