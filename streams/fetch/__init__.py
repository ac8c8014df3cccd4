"""The HTTP client for the public web: guarded addresses, robots.txt, politeness.

May reach the web only.
"""
