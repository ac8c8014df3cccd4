"""The services that a process needs from the operating system: signals, locks, ports, logs, health.

The package knows nothing about articles.
"""
