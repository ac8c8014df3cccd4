"""Recognition of names in a text by a conditional random field. Pure."""
