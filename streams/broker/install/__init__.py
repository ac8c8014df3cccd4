"""Download and verify Kafka. May reach package repositories and write to the cache folder."""
