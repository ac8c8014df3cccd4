"""1, sources: files and what is already in Kafka in, raw articles in `articles.raw.v1` out.

Nothing is interpreted here: what a file says goes on as it is, and cleaning
decides. Start at `streams.sources.files.files`.
"""
