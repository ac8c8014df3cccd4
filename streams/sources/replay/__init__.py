"""Replay of files and topics at a chosen speed."""
