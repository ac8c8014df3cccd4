"""The result of a fetch: a response, or a classified problem."""

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
    """A response.

    Attributes:
        url: URL of the response, after redirects.
        moved_to: The same if every redirect was permanent (301, 308); otherwise empty.
        redirected: Whether there was any redirect.
        status: 200 to 299, or 304.
        headers: Headers by lower-case name. Of repeated ones the first, but all of ``link``.
        body: Decompressed body; empty with 304.
        is_cut: Whether the body was cut at the limit of size.
    """

    url: str
    moved_to: str = ""
    redirected: bool = False
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_cut: bool = False

    @property
    def content_type(self) -> str:
        """The MIME type without parameters, in lower case; empty if the server sent none."""
        return mime_type(self.headers.get("content-type", ""))

    @property
    def charset(self) -> str:
        """The charset declared by the server; empty if none."""
        return declared_charset(self.headers.get("content-type", ""))


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchProblem:
    """The reason why there is no response.

    Attributes:
        failure: Kind of failure.
        detail: Message for people, also stored in the feed's state.
        status: HTTP status; 0 without a response.
        retry_after: Wait that the server asks for.
    """

    failure: Failure
    detail: str
    status: int = 0
    retry_after: timedelta = timedelta(0)


class RefusedError(Exception):
    """A URL, or the target of a redirect, is not requested.

    Attributes:
        problem: The reason.
    """

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.problem = FetchProblem(failure=failure, detail=detail)


def classify_error(error: Exception) -> FetchProblem:
    """Return the problem that an exception of a request means."""
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
            failure, detail = Failure.TEMPORARY, "timed out"
        case aiohttp.ClientConnectorDNSError():
            failure, detail = Failure.HARD, "no such host"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            failure, detail = Failure.SOFT, f"TLS: {_tls_message(error)}"
        case aiohttp.InvalidURL() | ValueError():
            failure, detail = Failure.HARD, f"invalid URL: {error}"
        case aiohttp.ClientPayloadError() | aiohttp.ClientResponseError():
            failure, detail = Failure.SOFT, f"invalid response: {_response_message(error)}"
        case _:
            failure, detail = Failure.TEMPORARY, _connection_message(error)
    return FetchProblem(failure=failure, detail=detail[:500])


def _tls_message(error: BaseException) -> str:
    """Return the problem with a certificate or with the TLS handshake."""
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    reason = getattr(inner, "verify_message", "") or getattr(inner, "reason", "")
    return str(reason or inner or error).replace("_", " ").lower()


def _response_message(error: aiohttp.ClientPayloadError | aiohttp.ClientResponseError) -> str:
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the body is truncated"
    return " ".join(error.message.split()) or "not HTTP"


def _connection_message(error: Exception) -> str:
    """Return why there is no connection, in the system's words, without host and port."""
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the server closed the connection without a response"
    if not isinstance(error, OSError):
        return str(error) or type(error).__name__
    cause: OSError = getattr(error, "os_error", error)
    if cause.errno is not None and cause.errno > 0:
        return f"no connection: {os.strerror(cause.errno).lower()}"
    return f"no connection: {cause.strerror or cause}"


def lower_case_headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers by lower-case name; of repeated ones the first.

    ``Link`` fields are joined, because a server may name hub and feed in separate fields.

    References:
        RFC 9110, section 5.2 (field lines and combined values).
    """
    headers = {name.lower(): value for name, value in reversed(list(response.headers.items()))}
    if links := response.headers.getall("link", []):
        headers["link"] = ", ".join(links)[:MAX_LINKS]
    return headers


MAX_LINKS = 16 * 1024
"""Largest number of characters of all Link fields together."""
