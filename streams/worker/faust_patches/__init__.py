"""Patches of Faust, each with the upstream issue it works around."""
