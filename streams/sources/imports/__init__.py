"""Imports of archives, with positions that survive a restart."""
