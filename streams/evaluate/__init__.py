"""Scores of the stages against labelled sets."""
