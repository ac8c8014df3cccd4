import pytest

from streams.tag.additions import EntitiesError, parse_entities
from streams.tag.article import Tagger, with_entities


def test_an_added_name_comes_before_the_shipped_ones_and_an_id_is_overridden(
    tagger: Tagger,
) -> None:
    text = '[[entity]]\nid = "Q90"\nname = "Lutetia"\ntype = "gpe"\naliases = ["Paris"]\n'

    added = with_entities(tagger, parse_entities(text))

    candidates = added.knowledge.candidates("Paris")
    assert [known.name for known in candidates if known.id == "Q90"] == ["Lutetia"]
    assert candidates[0].name == "Lutetia"
    assert tagger.knowledge.candidates("Paris")[0].name == "Paris"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[entity]", "entities.toml: "),
        ("[other]\nx = 1", "expected only tables"),
        ("[entity]\nname = 'A'", "expected \\[\\[entity\\]\\]"),
        ("[[entity]]\nname = ''\ntype = 'org'", "entity 1: expected a name"),
        ("[[entity]]\nname = 'Acme'\ntype = 'firm'", "expected type person, org, .*got 'firm'"),
        ("[[entity]]\nname = 'Acme'\ntype = 'org'\nid = 'X1'", "expected id"),
        ("[[entity]]\nname = 'Acme'\ntype = 'org'\naliases = 'A'", "expected aliases"),
        ("[[entity]]\nname = 'Acme'\ntype = 'org'\ncolor = 'red'", "unknown field color"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(EntitiesError, match=said):
        parse_entities(text)
