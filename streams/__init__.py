"""The pipeline: raw news in, clean, deduplicated, tagged and routed records out.

Start reading at `streams.topology`, the map; then a stage, such as
`streams.clean.article`; then `streams.worker.worker`, the loop around it.
"""
