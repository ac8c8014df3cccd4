"""Download and verify Kafka. It may reach package repositories and write to the cache folder."""
