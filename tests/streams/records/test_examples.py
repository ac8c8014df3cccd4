"""Every example is a valid record of its topic, by codec and JSON Schema; every topic has one."""

from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator

from streams.records import CleanArticle, DuplicateArticle, EnrichedArticle, decode, encode
from streams.records.describe import topic_schema
from streams.records.identity import article_id
from streams.records.topics import TOPICS, Topic, routed_topic
from tests.conftest import ROOT

FOLDER = ROOT / "schemas" / "examples"
EXAMPLES = sorted(FOLDER.glob("*/*.json"))
ROUTED = "routed.NAME.v1"


def name_of(path: Path) -> str:
    """Return topic and name of an example, as a test id."""
    return f"{path.parent.name}/{path.stem}"


def topic_of(path: Path) -> Topic:
    """Return the topic of an example."""
    topics = {topic.name: topic for topic in TOPICS} | {ROUTED: routed_topic("name")}
    return topics[path.parent.name]


def example_record(path: Path) -> object:
    """Return the record of an example; of two possible ones, the one that has its fields."""
    data = path.read_bytes()
    duplicate = b'"duplicate_of"' in data and b'"change"' in data
    records = topic_of(path).records
    record = DuplicateArticle if duplicate and DuplicateArticle in records else records[0]
    return decode(data, record)


def test_every_topic_has_an_example() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {topic.name for topic in TOPICS} | {ROUTED}


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_example_equals_its_encoded_record(path: Path) -> None:
    assert orjson.loads(path.read_bytes()) == orjson.loads(encode(example_record(path)))


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_example_is_valid_by_the_json_schema(path: Path) -> None:
    validator = Draft202012Validator(
        topic_schema(topic_of(path)), format_checker=Draft202012Validator.FORMAT_CHECKER
    )

    validator.validate(orjson.loads(path.read_bytes()))


ARTICLES = [path for path in EXAMPLES if isinstance(example_record(path), CleanArticle)]


@pytest.mark.parametrize("path", ARTICLES, ids=name_of)
def test_example_has_the_id_of_its_url(path: Path) -> None:
    article = example_record(path)
    external = article_id(source="wire", external_id="0042")

    assert article.id == (article_id(url=article.url) if article.url else external)


@pytest.mark.parametrize("path", ARTICLES, ids=name_of)
def test_example_paragraphs_are_its_text(path: Path) -> None:
    article = example_record(path)

    parts = [article.text[one.start : one.end] for one in article.paragraphs]

    assert "\n\n".join(parts) == article.text


ENRICHED = [path for path in ARTICLES if isinstance(example_record(path), EnrichedArticle)]


@pytest.mark.parametrize("path", ENRICHED, ids=name_of)
def test_example_mentions_are_at_their_offsets(path: Path) -> None:
    article = example_record(path)

    stretches = [getattr(article, one.field)[one.start : one.end] for one in article.mentions]

    assert stretches == [one.surface for one in article.mentions]


def test_examples_have_no_link_to_a_real_site() -> None:
    urls = {example_record(path).url for path in ARTICLES} - {""}

    assert {url.split("/")[2].rpartition(".")[2] for url in urls} == {"example"}
