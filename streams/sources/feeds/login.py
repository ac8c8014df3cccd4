"""Read the secrets of feeds behind a login, when they are needed."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from yarl import URL

from streams.config.feeds import FeedEntry, Login
from streams.errors import UsageError
from streams.fetch.credentials import Credentials, basic_authorization
from streams.fetch.response import FetchProblem
from streams.runtime.regular_file import open_regular

MAX_SECRET_BYTES: Final = 8192
"""Longest secret; servers accept about 8 KiB of headers."""

LOGIN_STATUSES: Final = frozenset((401, 403, 407))

ReadCredentials = Callable[[FeedEntry], Credentials | None]
"""Returns the credentials of a feed; see `read_credentials`."""


def read_credentials(
    feed: FeedEntry, environment: Mapping[str, str] = os.environ
) -> Credentials | None:
    """Read the secret of a feed from the environment or its file; return None without a login.

    It is read at each poll, so that a new one needs no restart.

    Args:
        feed: Configuration of the feed.
        environment: Environment variables.

    Raises:
        UsageError: If there is no secret, or a header cannot have it. The message does not
            contain it.
    """
    if feed.login is None:
        return None
    secret = _secret(feed.secret or "", environment)
    origin = URL(feed.url).origin()
    if feed.login is Login.BASIC:
        value = basic_authorization(feed.login_user or "", secret)
        return Credentials(origin=origin, name="Authorization", value=value)
    name = "Cookie" if feed.login is Login.COOKIE else feed.login_header or ""
    return Credentials(origin=origin, name=name, value=secret)


def login_hint(problem: FetchProblem, credentials: Credentials | None, *, url: str) -> str:
    """Return the remedy for a refused login; empty if the problem is another one.

    Args:
        problem: Response to the request for the feed.
        credentials: Credentials of the feed, if any.
        url: URL that was requested.
    """
    if problem.status not in LOGIN_STATUSES:
        return ""
    if credentials is None:
        return "; if it needs a login, see `streams feeds edit --login`"
    if not credentials.headers(URL(url)):
        return f"; the login is sent to {credentials.origin} only: change the feed's url"
    return "; check the login and its secret"


def _secret(place: str, environment: Mapping[str, str]) -> str:
    kind, _, name = place.partition(":")
    text = environment.get(name, "") if kind == "env" else _file_text(Path(name))
    secret = text.strip("\r\n")
    if not secret:
        where = f"environment variable {name}" if kind == "env" else f"file {name}"
        raise UsageError(f"no secret in {where}")
    if not secret.isprintable() or len(secret) > MAX_SECRET_BYTES:
        raise UsageError(f"the secret in {name} has several lines, or is too long for a header")
    return secret


def _file_text(path: Path) -> str:
    try:
        with open_regular(path, links=True) as file:
            return file.read(MAX_SECRET_BYTES + 2).decode()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"reading the secret in {path}: {reason}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the secret in {path} is not UTF-8") from error
