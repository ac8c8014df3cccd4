"""Articles over HTTP: parse, check, limit, send to Kafka."""
