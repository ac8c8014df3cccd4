from streams.records.enriched import EntityType, Field
from streams.tag.knowledge import EntityFacts
from streams.tag.mentions import LinkedName
from streams.tag.salience import gather_entities


def found(id_: str, field: Field, start: int) -> LinkedName:
    known = EntityFacts(id_, (), id_, EntityType.ORG, 50, "")
    return LinkedName(field, start, start + 4, known, 0.9, "alias")


def test_the_title_counts_more_than_the_lead_and_the_lead_more_than_the_rest() -> None:
    places = [(Field.TITLE, 5), (Field.TEXT, 10), (Field.TEXT, 5000)]
    names = [found(f"Q{n}", *place) for n, place in enumerate(places)]

    assert [(e.id, e.count, e.first) for e in gather_entities(names)] == [
        ("Q0", 1, 0),
        ("Q1", 1, 10),
        ("Q2", 1, 5000),
    ]


def test_no_names_make_no_entities() -> None:
    assert gather_entities([]) == ()
