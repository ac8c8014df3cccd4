"""Recognition of boilerplate by names and words."""

import pytest

from streams.clean.body.boilerplate import (
    boilerplate_score,
    ends_article,
    is_consent,
    is_discussion,
    leads_away,
)


@pytest.mark.parametrize(
    ("names", "level"),
    [
        ("", 0),
        ("article-body", 0),
        ("related-articles", 2),
        ("relatedArticles", 2),
        ("story__share-bar", 2),
        ("sidebar", 2),
        ("page-with-sidebar", 0),
        ("sidebar-grid article__content", 0),
        ("elementor-widget elementor-widget-text-editor", 0),
        ("field field--label-hidden", 0),
        ("post category-related tag-video", 0),
        ("teaser", 1),
        ("byline", 1),
    ],
)
def test_boilerplate_score(names: str, level: int) -> None:
    assert boilerplate_score(names) == level


@pytest.mark.parametrize(
    "line",
    ["Read also: Rain in May", "Lesen Sie auch: Regen", "Lire aussi : La pluie", "Lee también: x",
     "Les også: Regn", "Читайте также: дождь", "関連記事", "Foto: dpa", "© Harbor Times",
     "ADVERTISEMENT", "Subscribe to our newsletter", "Photo credit: Ann", "Getty Images"],
)  # fmt: skip
def test_leads_away_recognizes_lines(line: str) -> None:
    assert leads_away(line)


@pytest.mark.parametrize(
    "line",
    ["Readers also said that rain fell.", "More than a hundred people came.", "The bridge opened.",
     "Subscribers of the paper complained.", "Bilder aus dem Hafen zeigen das.",
     "Standards are rising, he said.", "Advertisements fell by ten percent."],
)  # fmt: skip
def test_leads_away_is_false_for_article_lines(line: str) -> None:
    assert not leads_away(line)


@pytest.mark.parametrize(
    "line", ["Comments (12)", "Related stories", "Mehr zum Thema", "Commentaires"]
)
def test_ends_article_recognizes_headings(line: str) -> None:
    assert ends_article(line)


def test_commentary_and_sentence_are_no_boilerplate() -> None:
    assert not is_discussion("commentary")
    assert not is_consent("sentence")
