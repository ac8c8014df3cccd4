"""HTML as a tree, within limits of size and depth. Pure."""
