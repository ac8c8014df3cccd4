"""The stages as plain functions on texts: no Kafka, no settings, no event loop.

`page` reads articles, `names` finds names, `duplicates` recognizes copies. Programs import them
from `streams` itself.
"""
