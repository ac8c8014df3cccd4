"""Modules that build the knowledge base of the tag stage; see ../build_kb.py."""
