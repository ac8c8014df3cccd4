"""Pure text functions that do not depend on articles: URLs, character sets, dates, plurals."""
