"""Saved searches over HTTP: create, change, test, delete."""
