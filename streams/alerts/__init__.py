"""Saved searches: their policy, templates and store.

May read and write Kafka; never sends a message.
"""
