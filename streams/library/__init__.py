"""The library API: the stages as plain functions on texts, without Kafka, settings or event loop.

`page` reads articles, `names` finds names, `duplicates` recognizes copies. Programs import these
functions from `streams` itself.
"""
