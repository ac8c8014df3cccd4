"""Replays of files or topics at a chosen speed."""
