"""Linking of names to entities of the knowledge base. Pure."""
