from streams.records.enriched import EntityType, Field
from streams.tag.knowledge import EntityFacts
from streams.tag.mentions import LinkedName, in_order


def entity(prior: int) -> EntityFacts:
    return EntityFacts("Q1", (), "Paris", EntityType.GPE, prior, "")


def linked_name(field: Field, start: int, end: int) -> LinkedName:
    return LinkedName(field, start, end, entity(50), 0.9, "alias")


def test_in_order_puts_title_first_and_keeps_longer_name() -> None:
    title = linked_name(Field.TITLE, 9, 12)
    long, short, inside = (linked_name(Field.TEXT, *span) for span in ((3, 9), (3, 5), (8, 10)))

    assert in_order([inside, short, long, title]) == [title, long]
