"""Feeds: parse, schedule and poll them, receive WebSub pushes, and send their articles.

Modules that use the network, the clock or Kafka are in `polling`, `websub` and `run`; the
others are pure. Start at `streams.sources.feeds.parsing.parse`.
"""
