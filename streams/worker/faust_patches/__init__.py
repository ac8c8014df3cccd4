"""Patches of Faust. Each module names the upstream issue and the test that says when it can go."""
