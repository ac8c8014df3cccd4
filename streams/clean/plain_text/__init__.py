"""Layout and paragraphs of articles that come as plain text. Pure."""
