"""Never commit past a message in flight: mends faust-streaming 0.15.3.

``Consumer._new_offset`` returns the end of the first run of acknowledged
offsets even when that run starts right after a message in flight, so that
message is lost if the process dies (faust-streaming issue #606; the idea of
its pull request #707, which is not in 0.15.3). Handing it only the offsets
below the lowest unacknowledged one restores at-least-once.
"""

from importlib.metadata import version
from typing import Any

from faust.transport.consumer import Consumer

VERSION = "0.15.3"
"""What the mend was written for; another version must be looked at first."""


def require_version(mend: str, installed: str | None = None) -> None:
    """Refuse to mend another Faust than the one that was looked at.

    Args:
        mend: Name of the module that mends.
        installed: Version of faust-streaming; none: the one that is installed.

    Raises:
        RuntimeError: If it is another one.

    Examples:
        >>> require_version("offset_fix", "0.16")
        Traceback (most recent call last):
        RuntimeError: offset_fix is for faust-streaming 0.15.3, not 0.16
    """
    installed = installed or version("faust-streaming")
    if installed != VERSION:
        raise RuntimeError(f"{mend} is for faust-streaming {VERSION}, not {installed}")


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
    """Patch Faust's consumer, once.

    Args:
        installed: Version of faust-streaming; none: the one that is installed.

    Raises:
        RuntimeError: If another version of Faust is installed than the one
            that this was written for.
    """
    require_version("offset_fix", installed)
    if not hasattr(Consumer, "_news_original_new_offset"):
        Consumer._news_original_new_offset = Consumer._new_offset  # noqa: SLF001
        Consumer._new_offset = _below_floor(Consumer._news_original_new_offset)  # noqa: SLF001
