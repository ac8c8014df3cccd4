"""Installed example packages."""

from tests.support.example_packages import example_packages

__all__ = ["example_packages"]
