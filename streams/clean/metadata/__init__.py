"""Find title, authors, dates, language and site of an article, one module per field. Pure."""
