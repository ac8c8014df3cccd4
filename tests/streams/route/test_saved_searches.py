"""Saved searches: the alerts that an article raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import (
    Alert,
    AlertKind,
    Change,
    Clause,
    DuplicateArticle,
    EnrichedArticle,
    Field,
    Revision,
    Subscription,
    decode,
    encode,
)
from streams.route.match.facts import Article, article_facts
from streams.route.query.errors import QuerySyntaxError
from streams.route.query.grammar import parse_query
from streams.route.saved_searches import (
    MAX_CLAUSES,
    SUMMARY_CHARS,
    ActiveSearch,
    ActiveSearches,
    build_alert,
)
from tests.support.builders import TEXT, duplicate_article, enriched_article, entity
from tests.support.strategies import records


def alerts_of(article: Article, *subscriptions: Subscription) -> list[Alert]:
    """Return the alerts of some subscriptions for an article."""
    searches = ActiveSearches()
    for subscription in subscriptions:
        searches.put(subscription)
    return searches.alerts(article, article_facts(article))


def search(query: str, **changes) -> Subscription:
    """Return a subscription with a default id."""
    return Subscription(id=changes.pop("id", "s"), query=query, **changes)


def test_alert_has_clauses_highlights_and_facts() -> None:
    article = enriched_article(entities=(entity("Russia", id="Q159"),))

    (found,) = alerts_of(
        article, search("bridge and not title:sport* and language:en", id="bridges")
    )

    assert found.id == f"bridges/{article.id}/1"
    assert (found.subscription_id, found.article_id) == ("bridges", article.id)
    assert (found.title, found.url, found.source) == (article.title, article.url, "test-feed")
    assert (found.published, found.language) == (article.published.time, "en")
    assert found.clauses == (
        Clause(text="bridge"),
        Clause(text="not title:sport*"),
        Clause(text="language:en"),
    )
    assert [
        (highlight.field, getattr(article, highlight.field)[highlight.start : highlight.end])
        for highlight in found.highlights
    ] == [(Field.TITLE, "bridge"), (Field.TEXT, "bridge")]
    assert found.entities == article.entities
    assert found.summary.startswith("The harbor bridge opened")
    assert (found.passage_start, found.passage) == (0, TEXT.split("\n")[0])


def test_alerts_are_in_order_of_subscriptions() -> None:
    found = alerts_of(enriched_article(), search("bridge", id="b"), search("Bridge", id="a"))

    assert [alert.subscription_id for alert in found] == ["a", "b"]


@pytest.mark.parametrize(
    ("article", "changes", "version"),
    [
        (enriched_article(), {}, "1"),
        (enriched_article(revision=Revision(number=3)), {}, "3"),
        (enriched_article(revision=Revision(number=3)), {"kinds": (AlertKind.NEW,)}, None),
        (enriched_article(revision=Revision(number=3, material=False)), {}, None),
        (
            enriched_article(revision=Revision(number=3, material=False)),
            {"query": "bridge and kind:revision"},
            "3",
        ),
        (duplicate_article(), {}, None),
        (duplicate_article(), {"kinds": (AlertKind.COPY,)}, "copy"),
        (duplicate_article(), {"query": "bridge and kind:copy"}, "copy"),
        (
            duplicate_article(change=Change.CORRECTION),
            {"kinds": (AlertKind.COPY, AlertKind.CORRECTION)},
            "correction",
        ),
        (duplicate_article(change=Change.UNCHANGED), {"kinds": (AlertKind.COPY,)}, None),
        (enriched_article(), {"paused": True}, None),
        (enriched_article(), {"query": "tunnel"}, None),
    ],
)
def test_alerts_are_raised_for_kinds_of_search(article, changes, version) -> None:
    found = alerts_of(article, search(**({"query": "bridge"} | changes)))

    assert [alert.id.rpartition("/")[2] for alert in found] == [version] * (version is not None)
    assert [alert.kind for alert in found] == [article_facts(article).kind] * len(found)


def test_put_replaces_and_remove_deletes_search() -> None:
    article, searches = enriched_article(), ActiveSearches()
    searches.put(search("bridge"))
    searches.put(search("tunnel"))
    assert (len(searches), searches.alerts(article, article_facts(article))) == (1, [])

    searches.remove("s")
    searches.remove("s")
    assert len(searches) == 0


def test_invalid_change_deactivates_search() -> None:
    searches = ActiveSearches()
    searches.put(search("bridge"))

    with pytest.raises(QuerySyntaxError):
        searches.put(search("kind:new"))

    assert len(searches) == 0


def test_alert_is_bounded() -> None:
    query = " or ".join(["bridge", *(f"w{number}" for number in range(90))])
    long = enriched_article(
        text=TEXT * 20, entities=tuple(entity(f"E{number}") for number in range(50))
    )

    (found,) = alerts_of(long, search(f"bridge and not ({query.replace('bridge or ', '')})"))

    assert len(found.clauses) == MAX_CLAUSES
    assert len(found.summary) <= SUMMARY_CHARS
    assert found.summary.endswith("…")
    assert len(found.entities) == 10


@given(st.one_of(records(EnrichedArticle), records(DuplicateArticle)))
def test_alert_of_any_article_decodes(article: Article) -> None:
    facts = article_facts(article)
    found = build_alert(
        ActiveSearch(search("a"), parse_query(f"kind:{facts.kind}"), frozenset()), article, facts
    )

    assert decode(encode(found), Alert) == found


def owned(n: int, owner: str) -> list[Subscription]:
    """Return searches of one owner that all match an article about a bridge."""
    return [
        search(f"bridge or x{number}", id=f"{owner or 'none'}-{number}", owner=owner)
        for number in range(n)
    ]


def raised(searches: ActiveSearches, article: Article) -> list[str]:
    return [alert.subscription_id for alert in searches.alerts(article, article_facts(article))]


def test_alerts_of_an_article_are_limited_by_owner() -> None:
    searches = ActiveSearches(max_of_owner=3)
    for subscription in [*owned(10, "flooder"), *owned(2, "reader"), *owned(5, "")]:
        searches.put(subscription)
    article = enriched_article()

    found = raised(searches, article)

    assert len(found) == 3 + 2 + 5
    assert sum(name.startswith("flooder") for name in found) == 3
    assert searches.withheld == {"flooder": 7}
    assert found == sorted(found) == raised(searches, article)


def test_limit_leaves_out_other_searches_for_other_articles() -> None:
    searches = ActiveSearches(max_of_owner=2)
    for subscription in owned(5, "flooder"):
        searches.put(subscription)

    found = {
        name
        for number in range(40)
        for name in raised(searches, enriched_article(url=f"https://news.test/{number}"))
    }

    assert len(found) == 5
