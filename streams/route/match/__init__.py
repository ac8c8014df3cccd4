"""Matching of articles against queries. Pure."""
