"""Recognize names in a text with a conditional random field. Pure."""
