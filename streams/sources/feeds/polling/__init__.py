"""Polling of feeds: queue, scheduler, shards, seen entries."""
