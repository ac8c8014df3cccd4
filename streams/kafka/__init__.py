"""Kafka at the edges: connections, topics, reading; the stages' own traffic goes through Faust."""
