"""Processes that `streams run` has started end with it."""

import os

from streams.runtime.parent_death import die_with_parent


def follow_parent() -> None:
    """End this process as soon as the supervisor that started it ends."""
    parent = os.environ.get("NEWS_DIE_WITH_PARENT", "")
    if parent.isdigit():
        die_with_parent(int(parent))
