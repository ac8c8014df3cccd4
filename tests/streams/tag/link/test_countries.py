"""Links of names by country."""

import pytest

from streams.records.enriched import EntityType, Field
from streams.tag.article import Tagger
from streams.tag.gazetteer import Span
from streams.tag.link.linker import link_names


def link_given_name(
    tagger: Tagger, text: str, name: str, kind: str
) -> tuple[str, EntityType | None]:
    """Return the link of a name among the known names around it."""
    span = Span(text.index(name), text.index(name) + len(name), kind)
    known = tagger.gazetteer.spans(text)
    around = [s for s in known if s.end <= span.start or s.start >= span.end]
    spans = {Field.TEXT: sorted([*around, span])}
    names = link_names({Field.TEXT: text}, spans, tagger.knowledge)
    (link,) = [f.entity for f in names if f.start == span.start]
    return link.id, link.type


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("British", "Q145"),
        ("Britons", "Q842438"),
        ("Scottish", "Q22"),
        ("Americans", "Q846570"),
        ("Pakistani", "Q843"),
        ("Kurdish", "Q12223"),
        ("Muslims", "Q47740"),
        ("European", "Q46"),
        ("Texans", "Q1439"),
        ("Hispanics", "local:norp:hispanic"),
    ],
)
def test_nationality_links_to_country_or_people(tagger: Tagger, name: str, id_: str) -> None:
    assert link_given_name(tagger, f"the {name} there", name, "n") == (id_, EntityType.NORP)


@pytest.mark.parametrize(
    ("text", "name", "id_"),
    [
        ("In Washington the Senate voted.", "Senate", "Q66096"),
        ("The Chinese Foreign Ministry said so.", "Chinese Foreign Ministry", "Q1155502"),
        ("The Foreign Ministry of France said so.", "Foreign Ministry of France", "Q789848"),
        ("Russia said its Defence Ministry knew.", "Defence Ministry", "Q1146492"),
        ("In London the House of Commons met.", "House of Commons", "Q11005"),
        ("In Ottawa, Canada, the House of Commons met.", "House of Commons", "Q383590"),
        ("The Senate voted.", "Senate", "Q66096"),
    ],
)
def test_general_name_links_to_institution_of_country(
    tagger: Tagger, text: str, name: str, id_: str
) -> None:
    assert link_given_name(tagger, text, name, "o") == (id_, EntityType.ORG)


def test_senate_of_unknown_country_is_local(tagger: Tagger) -> None:
    text = "In Lagos, Nigeria, the Senate voted."

    assert link_given_name(tagger, text, "Senate", "o") == ("local:org:senate", EntityType.ORG)


def test_socialists_in_france_link_to_party(tagger: Tagger) -> None:
    text = "In France the Socialists won."

    assert link_given_name(tagger, text, "Socialists", "n") == ("Q170972", EntityType.NORP)


@pytest.mark.parametrize(
    ("text", "kind", "id_"),
    [
        ("The striker gave England the lead by a penalty.", "o", "Q47762"),
        ("After the scrum England scored a try.", "g", "Q21"),
        ("After the scrum England scored a try.", "o", "Q21"),
        ("England voted.", "g", "Q21"),
    ],
)
def test_country_links_to_team_in_sport_of_article(
    tagger: Tagger, text: str, kind: str, id_: str
) -> None:
    assert link_given_name(tagger, text, "England", kind)[0] == id_


def test_gazetteer_skips_nationality_that_is_first_name(tagger: Tagger) -> None:
    spans = tagger.gazetteer.spans("Finn met a Swede, and Dane left.")

    assert [(s.start, s.kind) for s in spans] == [(11, "n")]
