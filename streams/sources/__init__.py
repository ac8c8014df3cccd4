"""Stage 1: read articles from feeds, files and Kafka, and write them to `articles.raw.v1`.

Values are passed on unchanged; `streams.clean` interprets them. Start at
`streams.sources.files.files`.
"""
