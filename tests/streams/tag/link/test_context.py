from streams.records.enriched import Field
from streams.tag.article import Tagger
from streams.tag.link.context import ArticleContext


def test_nearby_has_offices_and_countries_of_sentence(tagger: Tagger) -> None:
    text = "France waits. The German Foreign Minister Smith left."
    context = ArticleContext({Field.TEXT: text}, {Field.TEXT: tagger.gazetteer.spans(text)},
                        tagger.knowledge)  # fmt: skip

    nearby = context.nearby(Field.TEXT, text.index("Smith"))

    assert (nearby.offices, nearby.countries) == ({"minister"}, {"de"})
    assert set(context.countries) == {"fr", "de"}
