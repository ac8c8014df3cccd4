"""Inspect a running pipeline: trace, audit, dead letters, doctor. Reads topics; never prints."""
