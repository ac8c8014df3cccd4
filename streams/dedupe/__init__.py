"""The third step: is this article new, a new version, or a copy of what is known?

Start reading at `streams.dedupe.article`, the decision; the state is
`streams.dedupe.memory.memory`.
"""
