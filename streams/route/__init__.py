"""route: which subscribers' routes want an article, decided by rules that people write.

In: an enriched or duplicate article and the rules. Out: the names of the routes that want
it. The way to read: `words` (what is compared), `query` (the language as data), `grammar`
(its text), `facts` (what a query may ask of an article), `matching` (does it hold, and
why), `rules` (``routes.toml``), `article` (the stage); for saved searches `cover` (what a query
is looked up by), `percolator` (many at once), `searches` (alerts).
"""
