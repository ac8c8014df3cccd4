from streams.tag.additions import added_entity
from streams.tag.article import Tagger, with_entities


def test_added_entity_precedes_and_overrides_shipped_ones(
    tagger: Tagger,
) -> None:
    lutetia = added_entity("Lutetia", "gpe", id_="Q90", aliases=["Paris"])

    added = with_entities(tagger, [lutetia])

    candidates = added.knowledge.candidates("Paris")
    assert [entity.name for entity in candidates if entity.id == "Q90"] == ["Lutetia"]
    assert candidates[0].name == "Lutetia"
    assert tagger.knowledge.candidates("Paris")[0].name == "Paris"
