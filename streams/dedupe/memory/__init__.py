"""The memory of articles: rows, index, groups and eviction.

Pure; its blobs live behind an interface.
"""
