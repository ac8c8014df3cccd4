"""Settings for tests of `dedupe` with a small memory."""

from streams.settings import Settings

SMALL_MEMORY = Settings(dedupe_max_articles=10_000)
"""The default allocates memory for a million articles, which takes longer than most tests."""
