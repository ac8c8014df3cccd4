"""Ledgers for the tests."""

from tests.support.deliver import ledger, ledger_settings, postgresql_server

__all__ = ["ledger", "ledger_settings", "postgresql_server"]
