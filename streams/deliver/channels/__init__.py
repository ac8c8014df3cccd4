"""Channels that an alert can be sent to, one per module. Each may connect to that channel only."""
