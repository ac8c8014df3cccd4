"""What comes of asking the web: an answer, or a problem and how bad it is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp

from streams.fetch.address import RefusedAddressError
from streams.fetch.body import BodyError
from streams.fetch.failure import Failure
from streams.text.content_type import declared_charset, mime_type


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """An answer.

    Attributes:
        url: That gave it, after redirects.
        moved_to: The same where every redirect was permanent (301, 308); else empty.
        status: 200 to 299, or 304.
        headers: Names in lower case; of repeated ones the first, but every ``link``.
        body: Unpacked; empty with 304.
    """

    url: str
    moved_to: str = ""
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def content_type(self) -> str:
        """The MIME type without parameters, in lower case; empty if not given."""
        return mime_type(self.headers.get("content-type", ""))

    @property
    def charset(self) -> str:
        """As declared; empty if it was not."""
        return declared_charset(self.headers.get("content-type", ""))


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchProblem:
    """Why there is no answer.

    Attributes:
        failure: How bad it is.
        detail: For people, and for the feed's state.
        status: HTTP status, 0 where there was none.
        retry_after: How long the server wants to be left alone.
    """

    failure: Failure
    detail: str
    status: int = 0
    retry_after: timedelta = timedelta(0)


class RefusedError(Exception):
    """A URL, or what an answer leads to, is not asked for.

    Attributes:
        problem: Why not.
    """

    def __init__(self, failure: Failure, detail: str) -> None:
        """Say how bad it is, and why."""
        super().__init__(detail)
        self.problem = FetchProblem(failure=failure, detail=detail)


def classify_error(error: Exception) -> FetchProblem:
    """Grade what went wrong on the way."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RefusedAddressError):
            return FetchProblem(failure=Failure.HARD, detail=f"refused: {cause}")
        cause = getattr(cause, "os_error", None) or cause.__cause__
    match error:
        case RefusedError():
            return error.problem
        case BodyError():
            failure, detail = Failure.SOFT, str(error)
        case TimeoutError():
            failure, detail = Failure.TEMPORARY, "no answer in time"
        case aiohttp.ClientConnectorDNSError():
            failure, detail = Failure.HARD, "no such host"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            failure, detail = Failure.SOFT, f"TLS: {_tls_words(error)}"
        case aiohttp.InvalidURL() | ValueError():
            failure, detail = Failure.HARD, f"no URL that can be asked for: {error}"
        case aiohttp.ClientPayloadError() | aiohttp.ClientResponseError():
            failure, detail = Failure.SOFT, f"a broken answer: {_answer_words(error)}"
        case _:
            failure, detail = Failure.TEMPORARY, _connection_words(error)
    return FetchProblem(failure=failure, detail=detail[:500])


def _tls_words(error: BaseException) -> str:
    """Say what is wrong with a certificate, or with what speaks no TLS."""
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    said = getattr(inner, "verify_message", "") or getattr(inner, "reason", "")
    return str(said or inner or error).replace("_", " ").lower()


def _answer_words(error: aiohttp.ClientPayloadError | aiohttp.ClientResponseError) -> str:
    if isinstance(error, aiohttp.ClientPayloadError):
        return "it ends too soon"
    return " ".join(error.message.split()) or "no HTTP"


def _connection_words(error: Exception) -> str:
    """Say why there is no connection: in the system's words, without host and port."""
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the server hung up without an answer"
    if not isinstance(error, OSError):
        return str(error) or type(error).__name__
    found: OSError = getattr(error, "os_error", error)
    known = found.errno is not None and found.errno > 0
    said = os.strerror(found.errno).lower() if known else found.strerror or str(found)  # type: ignore[arg-type]  # known
    return f"no connection: {said}"


def lower_case_headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Give the headers by their names in lower case: of repeated ones the first.

    Links are joined: a server may name hub and feed in fields of their own.

    References:
        RFC 9110, section 5.2 (field lines and combined values).
    """
    headers = {name.lower(): value for name, value in reversed(list(response.headers.items()))}
    if links := response.headers.getall("link", []):
        headers["link"] = ", ".join(links)[:MAX_LINKS]
    return headers


MAX_LINKS = 16 * 1024
"""Characters of all Link fields together."""
