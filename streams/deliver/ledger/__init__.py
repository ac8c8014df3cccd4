"""The database of deliveries, in SQLite or PostgreSQL. May touch that database only."""
