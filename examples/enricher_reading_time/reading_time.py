"""How long an article takes to read: an enricher for News Streams."""

from streams.records import EnrichedArticle

WORDS_PER_MINUTE = 238
"""Silent reading of English non-fiction (Brysbaert, "How many words do we read per minute?",
Journal of Memory and Language 109, 2019)."""


def reading_time(article: EnrichedArticle) -> EnrichedArticle | None:
    """Add ``reading_minutes``, at least 1; nothing for an article without text."""
    n_words = len(article.text.split())
    if not n_words:
        return None
    return article.with_extensions(reading_minutes=max(1, round(n_words / WORDS_PER_MINUTE)))
