"""What a process needs of the operating system: signals, locks, ports, logs, health.

Knows no article.
"""
