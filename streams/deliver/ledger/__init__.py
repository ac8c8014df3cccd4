"""The database of deliveries, in SQLite or PostgreSQL. May use that database only."""
