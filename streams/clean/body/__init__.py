"""Find the blocks of a page that are the text of its article. Pure."""
