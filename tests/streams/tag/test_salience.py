from streams.records.enriched import EntityType, Field
from streams.tag.knowledge import EntityFacts
from streams.tag.mentions import LinkedName
from streams.tag.salience import gather_entities


def linked_name(id_: str, field: Field, start: int) -> LinkedName:
    entity = EntityFacts(id_, (), id_, EntityType.ORG, 50, "")
    return LinkedName(field, start, start + 4, entity, 0.9, "alias")


def test_salience_falls_from_title_to_lead_to_rest() -> None:
    places = [(Field.TITLE, 5), (Field.TEXT, 10), (Field.TEXT, 5000)]
    names = [linked_name(f"Q{n}", *place) for n, place in enumerate(places)]

    assert [(e.id, e.count, e.first) for e in gather_entities(names)] == [
        ("Q0", 1, 0),
        ("Q1", 1, 10),
        ("Q2", 1, 5000),
    ]


def test_gather_entities_of_no_names_is_empty() -> None:
    assert gather_entities([]) == ()
