"""Articles in WARC archives. May read files only."""
