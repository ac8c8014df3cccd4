"""The `route` stage: decide which routes get an article, and which saved searches it matches.

Pure: rules and searches are values that the caller passes. Reading order: `query.normalize` (the
words that are compared), `query.ast` (queries as data), `query.grammar` (queries as text),
`match.facts` (what a query can test), `match.evaluate` (whether a query holds, and why), `rules`
(``routes.toml``), `article` (the stage); for saved searches `match.required_terms` (the terms by
which a query is indexed), `match.percolator` (many queries at once), `saved_searches` (alerts).
"""
