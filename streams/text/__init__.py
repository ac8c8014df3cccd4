"""Text helpers that know no article: URLs, character sets, dates, plurals. Pure."""
