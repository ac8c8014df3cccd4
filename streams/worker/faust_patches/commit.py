"""Never commit past an in-flight message: a patch of faust-streaming 0.15.3.

``Consumer._new_offset`` returns the end of the first run of acknowledged
offsets even if that run starts right after a message in flight, so that
message is lost if the process dies (faust-streaming issue #606; the idea is
that of its pull request #707, which is not in 0.15.3). Passing only the offsets
below the lowest unacknowledged one restores at-least-once.

The patch can go when ``test_faust_commits_past_in_flight_message`` fails.
"""

from importlib.metadata import version
from typing import Any

from faust.transport.consumer import Consumer

VERSION = "0.15.3"
"""The version that the patches were written for; review them before using another version."""


def require_version(patch: str, installed: str | None = None) -> None:
    """Refuse to patch another version of Faust than the reviewed one.

    Args:
        patch: Name of the patching module, for the message.
        installed: Version of faust-streaming; defaults to the installed one.

    Raises:
        RuntimeError: If the version is another one.

    Examples:
        >>> require_version("faust_patches.commit", "0.16")
        Traceback (most recent call last):
        RuntimeError: faust_patches.commit is for faust-streaming 0.15.3, not 0.16
    """
    installed = installed or version("faust-streaming")
    if installed != VERSION:
        raise RuntimeError(f"{patch} is for faust-streaming {VERSION}, not {installed}")


def _below_floor(original: Any) -> Any:
    def _new_offset(self: Any, tp: Any) -> int | None:
        acked = self._acked[tp]
        if not acked:
            return None
        unacked = (m.offset for m in list(self._unacked_messages) if m.tp == tp and not m.acked)
        floor = min(unacked, default=None)
        if floor is None:
            return original(self, tp)  # type: ignore[no-any-return]  # faust has no types
        below = [offset for offset in acked if offset < floor]
        if not below:
            return None
        rest = [offset for offset in acked if offset >= floor]
        self._acked[tp][:] = below
        try:
            new = original(self, tp)
        finally:
            self._acked[tp].extend(rest)
        return None if new is None else min(new, floor)

    return _new_offset


def patch_commits(installed: str | None = None) -> None:
    """Patch the commits of Faust's consumer; a second call changes nothing.

    Args:
        installed: Version of faust-streaming; defaults to the installed one.

    Raises:
        RuntimeError: If Faust has another version than the one this patch was written for.
    """
    require_version("faust_patches.commit", installed)
    if not hasattr(Consumer, "_news_original_new_offset"):
        Consumer._news_original_new_offset = Consumer._new_offset  # noqa: SLF001
        Consumer._new_offset = _below_floor(Consumer._news_original_new_offset)  # noqa: SLF001
