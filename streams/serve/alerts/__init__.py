"""Alerts over HTTP as an event stream. May read Kafka."""
