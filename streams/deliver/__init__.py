"""Delivery: alerts in, messages to webhooks, mailboxes and other channels out."""
