"""The HTTP server: push articles, save searches, read their alerts as event streams and feeds."""
