"""Kafka clients: connections, topics, reads, sends. Faust handles the traffic of the stages."""
