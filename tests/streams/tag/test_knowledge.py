import lzma

import pytest

from streams.records.enriched import EntityType
from streams.tag.article import Tagger
from streams.tag.knowledge import Knowledge

SMALL = """{"format": 2, "entities": 2, "keys": 2, "patterns": 1}
Q90\tgeonames:2988507\tParis\tgpe\t70\tFR
Q167646\t\tParis\t\t30\t
paris
~hilton
0,1
1
Paris
g"""


def test_candidates_are_ordered_and_complete() -> None:
    best, other = Knowledge.read(lzma.compress(SMALL.encode())).candidates("PARIS")

    assert (best.id, best.also, best.type) == ("Q90", ("geonames:2988507",), EntityType.GPE)
    assert (other.id, other.type) == ("Q167646", None)


def test_unknown_name_has_no_candidates() -> None:
    assert Knowledge.read(lzma.compress(SMALL.encode())).candidates("Nowhere") == ()


def test_knowledge_refuses_other_format() -> None:
    with pytest.raises(ValueError, match="format 3"):
        Knowledge.read(lzma.compress(b'{"format": 3}'))


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Antony Blinken", "Q7821917"),
        ("Sergey Lavrov", "Q58217"),
        ("Kiev", "Q1899"),
        ("Kyiv", "Q1899"),
        ("OSCE", "Q81299"),
        ("U.S.", "Q30"),
        ("Britain", "Q145"),
        ("Deutschland", "Q183"),
        ("Париж", "Q90"),
        ("北京", "Q956"),
        ("Washington", "Q61"),
        ("Georgia", "Q230"),
        ("Berlin", "Q64"),
        ("Geneva", "Q71"),
    ],
)
def test_shipped_knowledge_ranks_likeliest_entity_first(
    tagger: Tagger, name: str, id_: str
) -> None:
    assert tagger.knowledge.candidates(name)[0].id == id_
