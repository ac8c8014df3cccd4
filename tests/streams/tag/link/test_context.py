from streams.records.enriched import Field
from streams.tag.article import Tagger
from streams.tag.link.context import ArticleContext


def test_before_a_name_stand_the_offices_and_countries_of_its_sentence(tagger: Tagger) -> None:
    text = "France waits. The German Foreign Minister Smith left."
    document = ArticleContext({Field.TEXT: text}, {Field.TEXT: tagger.gazetteer.spans(text)},
                        tagger.knowledge)  # fmt: skip

    nearby = document.nearby(Field.TEXT, text.index("Smith"))

    assert (nearby.offices, nearby.countries) == ({"minister"}, {"de"})
    assert set(document.countries) == {"fr", "de"}
