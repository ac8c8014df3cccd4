"""The `dedupe` stage: decide whether an article is new, a revision, or a duplicate.

Pure: no Kafka, clock or files. Start reading at `streams.dedupe.article`, which decides; the state
is in `streams.dedupe.memory.memory`.
"""
