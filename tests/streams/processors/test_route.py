"""The processor of `route` sends one message per route, under the article's id."""

from datetime import UTC, datetime

import pytest

from streams.config.routes_file import parse_routes
from streams.processors.message import Message
from streams.processors.route import route_processor
from streams.records import Alert, DuplicateArticle, EnrichedArticle, Subscription, decode, encode
from streams.records.topics import ALERTS, DUPLICATES, ENRICHED, Topic
from streams.route.saved_searches import ActiveSearches
from tests.support.builders import duplicate_article, enriched_article

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

RULES = """
[[route]]
name = "bridges"
when = "bridge"
[[route]]
name = "harbors"
when = "harbor"
[[route]]
name = "copies"
when = "kind:copy"
"""


@pytest.mark.parametrize(
    ("topic", "article", "routes"),
    [
        (ENRICHED, enriched_article(), ["routed.bridges.v1", "routed.harbors.v1"]),
        (ENRICHED, enriched_article(title="Rain", text="Rain."), ["routed.unmatched.v1"]),
        (DUPLICATES, duplicate_article(), ["routed.copies.v1"]),
    ],
    ids=["two routes", "none", "copy"],
)
def test_route_sends_article_to_each_route(
    topic: Topic, article: EnrichedArticle | DuplicateArticle, routes: list[str]
) -> None:
    process = route_processor(parse_routes(RULES, file="rules.toml"))
    message = Message(topic=topic.name, partition=0, offset=0, key=b"k", value=encode(article))

    result = process(message, NOW)

    assert [sent.topic for sent in result.messages] == routes
    assert {sent.key for sent in result.messages} == {article.id.encode()}


def test_route_sends_alert_per_subscription_under_id() -> None:
    searches = ActiveSearches()
    for name in ("a", "b"):
        searches.put(Subscription(id=name, query="bridge"))
    process = route_processor(parse_routes(RULES, file="rules.toml"), searches)
    value = encode(enriched_article())

    result = process(
        Message(topic=ENRICHED.name, partition=0, offset=0, key=b"k", value=value), NOW
    )

    alerts = [sent for sent in result.messages if sent.topic == ALERTS.name]
    assert [sent.key for sent in alerts] == [b"a", b"b"]
    assert [decode(sent.value or b"", Alert).subscription_id for sent in alerts] == ["a", "b"]


def test_route_decodes_each_topic_as_its_record() -> None:
    process = route_processor(parse_routes(RULES, file="rules.toml"))
    value = encode(enriched_article())
    message = Message(topic=DUPLICATES.name, partition=0, offset=0, key=b"k", value=value)

    assert process(message, NOW).reason == "not_this_record"
