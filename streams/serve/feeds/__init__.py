"""Alerts over HTTP as Atom and JSON feeds. May read Kafka."""
