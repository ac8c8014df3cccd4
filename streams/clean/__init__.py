"""The clean stage: `RawArticle` in, `CleanArticle` out, each field with where it came from.

Start reading in `streams.clean.article`.
"""
