from streams.tag.additions import added_entity
from streams.tag.article import Tagger, with_entities


def test_an_added_name_comes_before_the_shipped_ones_and_an_id_is_overridden(
    tagger: Tagger,
) -> None:
    lutetia = added_entity("Lutetia", "gpe", id_="Q90", aliases=["Paris"])

    added = with_entities(tagger, [lutetia])

    candidates = added.knowledge.candidates("Paris")
    assert [known.name for known in candidates if known.id == "Q90"] == ["Lutetia"]
    assert candidates[0].name == "Lutetia"
    assert tagger.knowledge.candidates("Paris")[0].name == "Paris"
