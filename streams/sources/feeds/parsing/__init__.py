"""Parsers of feed formats: RSS, Atom, RDF, JSON Feed, sitemaps. Pure."""
