"""The one HTTP process: articles in, saved searches, their alerts as event streams and feeds."""
