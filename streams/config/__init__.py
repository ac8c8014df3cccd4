"""The operator's files: feeds, routes, entities, channels, tokens.

May read and write these files only.
"""
