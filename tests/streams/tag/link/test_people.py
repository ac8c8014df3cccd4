import pytest

from streams.records.enriched import EntityType, Field
from streams.tag.article import Tagger
from streams.tag.gazetteer import Span
from streams.tag.knowledge import EntityFacts
from streams.tag.link.context import ArticleContext
from streams.tag.link.people import SurnameIndex, famous_bearer, office_holder


def holder(tagger: Tagger, text: str, name: str) -> str | None:
    texts = {Field.TEXT: text}
    spans = {Field.TEXT: [Span(s.start, s.end, s.kind) for s in tagger.gazetteer.spans(text)]}
    document = ArticleContext(texts, spans, tagger.knowledge)
    start = text.index(name)
    found = office_holder(document, tagger.knowledge, Field.TEXT, start, start + len(name))
    return found[0].id if found else None


@pytest.mark.parametrize(
    ("text", "name", "id_"),
    [
        ("Secretary Blinken left.", "Blinken", "Q7821917"),
        ("US State Secy Blinken left.", "Blinken", "Q7821917"),
        ("his Russian counterpart Lavrov", "Lavrov", "Q58217"),
        ("Ukrainian Foreign Minister Dmitro Kuleba", "Dmitro Kuleba", "Q24025631"),
        ("German Chancellor Olav Scholz", "Olav Scholz", "Q61053"),
    ],
)
def test_an_office_with_its_country_names_the_holder(
    tagger: Tagger, text: str, name: str, id_: str
) -> None:
    assert holder(tagger, text, name) == id_


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Blinken left.", "Blinken"),
        ("President Smith left.", "Smith"),
        ("French Foreign Minister Lavrov", "Lavrov"),
        ("German Foreign Minister Li Wei", "Li Wei"),
        ("Olav Scholz spoke in Germany", "Olav Scholz"),
    ],
)
def test_without_an_office_that_fits_nobody_is_named(tagger: Tagger, text: str, name: str) -> None:
    assert holder(tagger, text, name) is None


def person(id_: str, name: str) -> EntityFacts:
    return EntityFacts(id_, (), name, EntityType.PERSON, 50, "")


@pytest.mark.parametrize(
    ("surface", "id_"),
    [("Blinken", "Q1"), ("Blinkin", "Q1"), ("el-Sissi", "Q2"), ("Antony", "Q1"), ("Smith", None)],
)
def test_a_single_word_means_the_one_bearer_of_the_article(surface: str, id_: str | None) -> None:
    bearers = SurnameIndex()
    bearers.add("Antony Blinken", person("Q1", "Antony Blinken"))
    bearers.add("Abdel Fattah el-Sissi", person("Q2", "Abdel Fattah el-Sissi"))

    bearer = bearers.bearer_of(surface)

    assert (bearer[0].id if bearer else None) == id_


def test_a_surname_with_two_bearers_means_nobody() -> None:
    bearers = SurnameIndex()
    bearers.add("Bill Clinton", person("Q1", "Bill Clinton"))
    bearers.add("Hillary Clinton", person("Q2", "Hillary Clinton"))

    assert bearers.bearer_of("Clinton") is None


@pytest.mark.parametrize(
    ("surname", "id_"),
    [("Merkel", "Q567"), ("Berners-Lee", "Q80"), ("Mr. Nixon", "Q9588"), ("Faraday", "Q8750")],
)
def test_a_rare_surname_is_its_one_famous_bearer(tagger: Tagger, surname: str, id_: str) -> None:
    found = famous_bearer(surname, tagger.knowledge)

    assert found is not None
    assert (found[0].id, found[1]) == (id_, 0.6)


@pytest.mark.parametrize("surname", ["Johnson", "Brown", "Lee", "Clinton", "Quimbleford", "Xi"])
def test_a_surname_of_many_or_of_nobody_known_is_nobody(tagger: Tagger, surname: str) -> None:
    assert famous_bearer(surname, tagger.knowledge) is None
