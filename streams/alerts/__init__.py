"""Saved searches: storage, validation, delivery policy, templates and backtests.

May read and write Kafka; never delivers an alert.
"""
