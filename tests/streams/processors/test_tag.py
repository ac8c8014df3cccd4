"""The processor of `tag` finds entities and sends the article."""

from datetime import UTC, datetime

from streams.processors.message import Message, Processor
from streams.records import EnrichedArticle, decode, encode
from streams.records.topics import ENRICHED, UNIQUE
from tests.support.builders import unique_article

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_tag_processor_sends_the_enriched_article_under_its_id(
    processors: dict[str, Processor],
) -> None:
    article = unique_article(text="The ministers met in Berlin on Monday, in the old city hall.")
    message = Message(topic=UNIQUE.name, partition=0, offset=0, key=b"k", value=encode(article))

    [sent] = processors["tag"](message, NOW).messages

    enriched = decode(sent.value or b"", EnrichedArticle)
    assert (sent.topic, sent.key) == (ENRICHED.name, article.id.encode())
    assert [entity.name for entity in enriched.entities] == ["Berlin"]
