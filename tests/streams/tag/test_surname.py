import pytest

from schemas.enriched import Field
from streams.tag.article import Tagger
from streams.tag.surname import office_holders


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("Secretary Blinken left.", "Q7821917"),
        ("US State Secy Blinken left.", "Q7821917"),
        ("his Russian counterpart Lavrov", "Q58217"),
    ],
)
def test_an_office_before_a_surname_names_its_holder(tagger: Tagger, text: str, id_: str) -> None:
    assert [name.known.id for name in office_holders({Field.TEXT: text}, tagger.knowledge)] == [id_]


@pytest.mark.parametrize("text", ["Blinken left.", "President Smith left.", "minister of state"])
def test_a_bare_or_unknown_surname_names_nobody(tagger: Tagger, text: str) -> None:
    assert office_holders({Field.TEXT: text}, tagger.knowledge) == []
