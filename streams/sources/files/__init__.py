"""Articles in files: text, HTML, JSON Lines, WARC. May read files only."""
