"""The clean stage: extract a `CleanArticle` from a `RawArticle`, with the provenance of each field.

Pure: reads no files, sends nothing. The entry point is `streams.clean.article`.
"""
