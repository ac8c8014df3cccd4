"""What a name means in a country."""

import pytest

from streams.records.enriched import EntityType, Field
from streams.tag.article import Tagger
from streams.tag.gazetteer import Span
from streams.tag.link.linker import link_names


def linked(tagger: Tagger, text: str, name: str, kind: str) -> tuple[str, EntityType | None]:
    """Link a name that is given, beside the known names around it."""
    given = Span(text.index(name), text.index(name) + len(name), kind)
    known = tagger.gazetteer.spans(text)
    around = [s for s in known if s.end <= given.start or s.start >= given.end]
    spans = {Field.TEXT: sorted([*around, given])}
    found = link_names({Field.TEXT: text}, spans, tagger.knowledge)
    (link,) = [f.entity for f in found if f.start == given.start]
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
def test_a_nationality_links_to_its_country_and_a_plural_to_the_people(
    tagger: Tagger, name: str, id_: str
) -> None:
    assert linked(tagger, f"the {name} there", name, "n") == (id_, EntityType.NORP)


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
def test_a_general_name_means_the_institution_of_the_country_spoken_of(
    tagger: Tagger, text: str, name: str, id_: str
) -> None:
    assert linked(tagger, text, name, "o") == (id_, EntityType.ORG)


def test_a_senate_of_another_country_is_not_that_of_the_united_states(tagger: Tagger) -> None:
    text = "In Lagos, Nigeria, the Senate voted."

    assert linked(tagger, text, "Senate", "o") == ("local:org:senate", EntityType.ORG)


def test_socialists_in_france_are_its_party(tagger: Tagger) -> None:
    text = "In France the Socialists won."

    assert linked(tagger, text, "Socialists", "n") == ("Q170972", EntityType.NORP)


@pytest.mark.parametrize(
    ("text", "kind", "id_"),
    [
        ("The striker gave England the lead by a penalty.", "o", "Q47762"),
        ("After the scrum England scored a try.", "g", "Q21"),
        ("After the scrum England scored a try.", "o", "Q21"),
        ("England voted.", "g", "Q21"),
    ],
)
def test_a_country_that_plays_is_its_team_in_the_sport_spoken_of(
    tagger: Tagger, text: str, kind: str, id_: str
) -> None:
    assert linked(tagger, text, "England", kind)[0] == id_


def test_a_form_that_is_a_first_name_is_left_to_the_tagger(tagger: Tagger) -> None:
    spans = tagger.gazetteer.spans("Finn met a Swede, and Dane left.")

    assert [(s.start, s.kind) for s in spans] == [(11, "n")]
