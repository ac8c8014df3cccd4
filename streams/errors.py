"""The errors outside of the stages, as one tree.

::

    NewsStreamsError        one sentence: what was being done, what is wrong, the remedy
    ├── UsageError          input of the user cannot be used: exit code 2
    │   ├── SettingsError   a setting is missing or wrong
    │   └── MissingExtraError  an optional package is not installed
    ├── NotAnArticleError   a page passed to the library is not an article
    └── BrokerError         Kafka cannot be started, reached or used
        └── BrokerRefusalError  Kafka answers, and refuses the settings: a SettingsError, too

Bad data is not an error: a stage returns `streams.outcome.Reject`.
"""

import errno
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

EXHAUSTED: Final = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EAGAIN,
    }
)
"""Error numbers of a machine without disk, file handles, memory or processes (errno(3))."""


class NewsStreamsError(Exception):
    """An error outside of the stages; the message names the remedy."""


class UsageError(NewsStreamsError):
    """Input of the user cannot be used; the message names the file, the field and the remedy."""


class SettingsError(UsageError):
    """A setting is missing or wrong."""


class MissingExtraError(UsageError):
    """An optional package is not installed; the message names the command that installs it."""


class NotAnArticleError(NewsStreamsError):
    """A page or text cannot be read as an article.

    Args:
        reason: Reason of the closed sets `streams.outcome.DropReason` and
            `streams.outcome.RejectReason`: ``empty_article``, ``consent_wall``, ``too_large`` …
        detail: Details of this page; may be empty.

    Attributes:
        reason: The reason.
        detail: The details.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["NotAnArticleError"], tuple[str, str]]:
        """Pickle by the two arguments; otherwise a process of a pool could not raise it."""
        return type(self), (self.reason, self.detail)


class BrokerError(NewsStreamsError):
    """Kafka cannot be started, reached or used."""


class BrokerRefusalError(BrokerError, SettingsError):
    """Kafka answers and refuses the connection: login, certificate or protocol are wrong."""


def is_infrastructure(error: BaseException) -> bool:
    """Return whether an error is the fault of this machine or of Kafka, and not of a record.

    A full disk, a lack of memory or of file handles, a broker that is gone: the stage must crash,
    so that its records are redelivered. An `OSError` without an error number does not come from
    the operating system: `gzip.BadGzipFile` is one.

    Examples:
        >>> is_infrastructure(OSError(28, "No space left on device"))
        True
        >>> is_infrastructure(OSError("not a gzipped file")), is_infrastructure(ValueError())
        (False, False)
    """
    if isinstance(error, OSError):
        return error.errno is not None
    return isinstance(error, MemoryError | BrokerError)


def is_exhaustion(error: BaseException) -> bool:
    """Return whether this machine lacks memory, disk, file handles or processes.

    Unlike `is_infrastructure` without the errors of a network, for the code of others that calls
    services of its own.

    Examples:
        >>> is_exhaustion(OSError(28, "No space left on device")), is_exhaustion(MemoryError())
        (True, True)
        >>> is_exhaustion(ConnectionRefusedError(111, "Connection refused"))
        False
    """
    return isinstance(error, MemoryError) or getattr(error, "errno", None) in EXHAUSTED


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a message that suggests a known word; empty if none is similar.

    Examples:
        >>> did_you_mean("whn", ["name", "when"])
        '; did you mean "when"?'
        >>> did_you_mean("colour", ["name", "when"])
        ''
    """
    close = get_close_matches(word, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
