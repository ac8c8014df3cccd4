"""The query language: grammar, syntax tree, canonical form. Pure."""
