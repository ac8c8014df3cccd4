"""The memory of articles: rows, index, groups and eviction.

Pure; the bulk of each record is stored behind the interface `blobs.BlobStore`.
"""
