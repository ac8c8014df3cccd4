"""The demonstration: a few invented articles through a real pipeline.

It sends to Kafka, reads from it, and prints a report.
"""
