"""Many small articles that are not copies of each other, the same ones for the same seed."""

import random

from streams.records import RawArticle
from tests.support.builders import raw_article

NOUNS = """
harbor council bridge teachers budget election storm river museum doctors railway wheat
parliament prices strike festival hospital tunnel engineers forest island archive printers ferry
market glacier senate choir pipeline orchard embassy lighthouse factory students reservoir miners
theater satellite vaccine airport customs quarry pension librarians
"""
WORDS = NOUNS.split()


def news(n_articles: int, *, seed: int = 1) -> list[RawArticle]:
    """Return articles of some 60 random words each, which hardly ever share word 3-grams."""
    rng = random.Random(seed)  # noqa: S311  # test data
    return [_article(rng, seed, number) for number in range(n_articles)]


def _article(rng: random.Random, seed: int, number: int) -> RawArticle:
    sentences = [" ".join(rng.choices(WORDS, k=12)).capitalize() + "." for _ in range(5)]
    return raw_article(
        url=f"https://news.test/{seed}/{number}",
        title=" ".join(rng.choices(WORDS, k=6)).capitalize(),
        content_type="text/plain",
        body="\n\n".join(sentences),
    )
