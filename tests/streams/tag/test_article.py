"""The tag stage with the shipped data files."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.outcome import Emit
from streams.records.enriched import EnrichedArticle
from streams.tag.article import MAX_MENTIONS, Tagger, _cut, tag_article
from tests.support.builders import unique_article

NAMES = [
    "Blinken",
    "Antony Blinken",
    "NATO",
    "Kiev",
    "北京",
    "Путин",
    "United States",
    "भारत",
    "OSCE",
]
PIECES = st.one_of(
    st.text(max_size=8), st.sampled_from(NAMES), st.sampled_from([" ", "\u0301", "."])
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def tagged(tagger: Tagger, **fields: str) -> EnrichedArticle:
    outcome = tag_article(unique_article(**fields), tagger)
    assert isinstance(outcome, Emit)
    return outcome.record


@given(title=TEXTS, text=TEXTS)
def test_mentions_are_exact_ordered_and_disjoint(tagger: Tagger, title: str, text: str) -> None:
    article = tagged(tagger, title=title, text=text)

    places = [(m.field == "text", m.start, m.end) for m in article.mentions]
    assert all(getattr(article, m.field)[m.start : m.end] == m.surface for m in article.mentions)
    assert places == sorted(places)
    assert all(a[0] < b[0] or a[2] <= b[1] for a, b in itertools.pairwise(places))


@given(title=TEXTS, text=TEXTS)
def test_entities_match_mentions_in_order_of_salience(
    tagger: Tagger, title: str, text: str
) -> None:
    article = tagged(tagger, title=title, text=text)

    counted = {e.id: e.count for e in article.entities}
    ids = [m.entity_id for m in article.mentions]
    assert counted == {id_: ids.count(id_) for id_ in ids}
    saliences = [e.salience for e in article.entities]
    assert saliences == sorted(saliences, reverse=True)


def test_tag_article_is_deterministic(tagger: Tagger) -> None:
    text = "Antony Blinken met NATO leaders in Kyiv and Brussels."

    assert tagged(tagger, text=text) == tagged(tagger, text=text)


def test_receipt_counts_mentions_and_names_methods(tagger: Tagger) -> None:
    article = tagged(tagger, title="", text="Antony Blinken left Kyiv. Blinken was tired.")

    receipt = article.receipts[-1]
    assert (receipt.stage, receipt.decision, receipt.rule) == ("tag", "tagged", "alias surname")
    assert receipt.evidence == "mentions: 3, entities: 2; model and known names"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Antony Blinken left Kyiv. Blinken was tired.", ["Q7821917", "Q1899", "Q7821917"]),
        ("Ryan Jordan won again.", ["local:person:ryan-jordan"]),
        ("The kingdom of Jordan spoke.", ["Q810"]),
        ("The turkey was reading a nice book.", []),
        ("Turkey said on Monday it would wait.", ["Q43"]),
        ("記者在北京。", ["Q956"]),
        ("Владимир Путин приехал в Париж.", ["Q7747", "Q90"]),
        ("The cost came to the US’s attention", ["Q30"]),
    ],
)
def test_tag_article_links_names(tagger: Tagger, text: str, ids: list[str]) -> None:
    linked = [mention.entity_id for mention in tagged(tagger, title="", text=text).mentions]

    assert linked == ids


def test_long_text_is_tagged_to_its_limit(tagger: Tagger) -> None:
    article = unique_article(text="Angela Merkel spoke in Hamburg. " * 100)

    outcome = tag_article(article, tagger, max_characters=1010)

    assert isinstance(outcome, Emit)
    assert outcome.record.text == article.text
    assert outcome.record.mentions[-1].end <= 1010
    assert "; searched the first 1,006 of 3,200 characters of the text; " in (
        outcome.record.receipts[-1].evidence
    )


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        pytest.param("in New York", 20, "in New York", id="short"),
        pytest.param("in New York", 9, "in New ", id="within a word"),
        pytest.param("in New York", 6, "in New ", id="after a word"),
        pytest.param("x" * 500, 400, "x" * 400, id="one word"),
        pytest.param("日本" * 300, 500, "日本" * 250, id="no spaces"),
    ],
)
def test_cut_ends_between_words(text: str, limit: int, cut: str) -> None:
    assert _cut(text, limit) == cut


def test_mentions_are_limited_and_counted(tagger: Tagger) -> None:
    article = unique_article(text="Growth was 5%. " * (MAX_MENTIONS + 10))

    outcome = tag_article(article, tagger)

    assert isinstance(outcome, Emit)
    assert len(outcome.record.mentions) == MAX_MENTIONS
    assert f"mentions: {MAX_MENTIONS} (the first of {MAX_MENTIONS + 10})" in (
        outcome.record.receipts[-1].evidence
    )
