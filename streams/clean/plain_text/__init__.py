"""Parse the layout and paragraphs of plain-text articles. Pure."""
