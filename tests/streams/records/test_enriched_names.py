"""Entities with a name, as lists for readers show them."""

from streams.records import EntityType, named_entities
from tests.support.builders import entity


def test_dates_and_quantities_are_no_named_entities() -> None:
    entities = tuple(entity(type_.value, type=type_) for type_ in EntityType)

    assert [each.name for each in named_entities(entities)] == [
        "person",
        "org",
        "gpe",
        "loc",
        "norp",
        "event",
    ]
