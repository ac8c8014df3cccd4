"""Polling of feeds: queue, schedule, shards, seen entries."""
