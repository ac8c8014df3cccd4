"""Deliver alerts to webhooks, mailboxes and other channels. May read Kafka and write the ledger."""
