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
    context = ArticleContext(texts, spans, tagger.knowledge)
    start = text.index(name)
    link = office_holder(context, tagger.knowledge, Field.TEXT, start, start + len(name))
    return link[0].id if link else None


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
def test_office_with_country_links_to_holder(
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
def test_office_holder_without_fitting_office_is_none(tagger: Tagger, text: str, name: str) -> None:
    assert holder(tagger, text, name) is None


def person(id_: str, name: str) -> EntityFacts:
    return EntityFacts(id_, (), name, EntityType.PERSON, 50, "")


@pytest.mark.parametrize(
    ("surface", "id_"),
    [("Blinken", "Q1"), ("Blinkin", "Q1"), ("el-Sissi", "Q2"), ("Antony", "Q1"), ("Smith", None)],
)
def test_surname_index_finds_only_bearer(surface: str, id_: str | None) -> None:
    bearers = SurnameIndex()
    bearers.add("Antony Blinken", person("Q1", "Antony Blinken"))
    bearers.add("Abdel Fattah el-Sissi", person("Q2", "Abdel Fattah el-Sissi"))

    bearer = bearers.bearer_of(surface)

    assert (bearer[0].id if bearer else None) == id_


def test_surname_index_ignores_ambiguous_surname() -> None:
    bearers = SurnameIndex()
    bearers.add("Bill Clinton", person("Q1", "Bill Clinton"))
    bearers.add("Hillary Clinton", person("Q2", "Hillary Clinton"))

    assert bearers.bearer_of("Clinton") is None


@pytest.mark.parametrize(
    ("surname", "id_"),
    [("Merkel", "Q567"), ("Berners-Lee", "Q80"), ("Mr. Nixon", "Q9588"), ("Faraday", "Q8750")],
)
def test_rare_surname_links_to_only_famous_bearer(tagger: Tagger, surname: str, id_: str) -> None:
    link = famous_bearer(surname, tagger.knowledge)

    assert link is not None
    assert (link[0].id, link[1]) == (id_, 0.6)


@pytest.mark.parametrize("surname", ["Johnson", "Brown", "Lee", "Clinton", "Quimbleford", "Xi"])
def test_surname_without_only_famous_bearer_is_not_linked(tagger: Tagger, surname: str) -> None:
    assert famous_bearer(surname, tagger.knowledge) is None
