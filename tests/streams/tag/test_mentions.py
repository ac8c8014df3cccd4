from streams.records.enriched import EntityType, Field
from streams.tag.knowledge import EntityFacts
from streams.tag.mentions import LinkedName, in_order


def known(prior: int) -> EntityFacts:
    return EntityFacts("Q1", (), "Paris", EntityType.GPE, prior, "")


def found(field: Field, start: int, end: int) -> LinkedName:
    return LinkedName(field, start, end, known(50), 0.9, "alias")


def test_the_title_comes_first_and_the_longer_of_two_that_start_together_stays() -> None:
    title = found(Field.TITLE, 9, 12)
    long, short, inside = (found(Field.TEXT, *span) for span in ((3, 9), (3, 5), (8, 10)))

    assert in_order([inside, short, long, title]) == [title, long]
