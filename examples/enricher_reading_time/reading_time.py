"""An enricher for News Streams that adds the reading time of an article."""

from streams.records import EnrichedArticle

WORDS_PER_MINUTE = 238
"""Average rate of silent reading of English non-fiction (Brysbaert, "How many words do we read per
minute?", Journal of Memory and Language 109, 2019)."""


def reading_time(article: EnrichedArticle) -> EnrichedArticle | None:
    """Add ``reading_minutes``, at least 1; an article without text is left unchanged."""
    n_words = len(article.text.split())
    if not n_words:
        return None
    return article.with_extensions(reading_minutes=max(1, round(n_words / WORDS_PER_MINUTE)))
