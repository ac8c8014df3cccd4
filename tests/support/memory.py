"""Settings for tests of `dedupe` that remember a few articles."""

from streams.settings import Settings

SMALL_MEMORY = Settings(dedupe_max_articles=10_000)
"""The default makes room for a million articles, which takes longer than most tests."""
