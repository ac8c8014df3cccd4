"""Feeds: what a server answered in, entries, raw articles and the time of the next poll out.

Pure but for the package's edge, which is named in each module's first line.
Start at `streams.sources.feeds.parsing.parse`.
"""
