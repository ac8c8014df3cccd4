"""Parse HTML to a tree within limits of size and depth. Pure."""
