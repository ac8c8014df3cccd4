"""Send webhooks: one signed request per message, public addresses only, bounded responses."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

import aiohttp
import msgspec
from pydantic import SecretStr
from yarl import URL

from streams.alerts.templates.format import BodyFormat
from streams.deliver.channels.message import Notification, mask_secrets
from streams.deliver.channels.result import SendResult, SendStatus, result_of_status
from streams.deliver.channels.signing import signature_headers
from streams.fetch.address import RefusedAddressError, check_literal_address, checked_connector
from streams.records.topics import MIB

TIMEOUT: Final = aiohttp.ClientTimeout(total=15)
"""Standard Webhooks 1.0.0 recommends 15 to 30 s; the next message of a delivery queue waits as
long.
"""

MAX_ANSWER_BYTES: Final = MIB // 16
"""Bytes read of a response, only to reuse the connection."""

DRAIN_SECONDS: Final = 2.0
"""Time for the body of a response; then the connection is closed."""

PER_HOST: Final = 16
"""Concurrent requests to one host, the same as in `streams.deliver.concurrency`."""


def webhook_session(
    private_hosts: frozenset[str], *, timeout: aiohttp.ClientTimeout = TIMEOUT
) -> aiohttp.ClientSession:
    """Open a session that connects to public addresses and to allowed hosts.

    Args:
        private_hosts: Hosts that may have private addresses; see
            `streams.fetch.address.is_allowed`.
        timeout: Time limit of a request.
    """
    return aiohttp.ClientSession(
        connector=checked_connector(private_hosts, limit_per_host=PER_HOST),
        timeout=timeout,
        headers={"User-Agent": f"news-streams/{version('news-streams')}"},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )


def webhook_body(message: Notification) -> str:
    """Return the body of a webhook request.

    Returns:
        JSON with ``type`` (``news.alert`` or ``news.digest``), ``timestamp`` and ``data``; the
        same whenever the message is sent again.

    References:
        Standard Webhooks 1.0.0, "payload structure".
    """
    published = [alert.published for alert in message.alerts if alert.published is not None]
    data = {
        "subscription": {
            "id": message.subscription.id,
            "name": message.subscription.name,
            "query": message.subscription.query,
        },
        "form": message.form.value,
        "title": message.title,
        "text": message.bodies[BodyFormat.TEXT],
        "alerts": message.alerts,
    }
    kind = "news.alert" if len(message.alerts) == 1 else "news.digest"
    timestamp = max(published) if published else None
    return msgspec.json.encode({"type": kind, "timestamp": timestamp, "data": data}).decode()


class WebhookSender:
    """Sends to one URL.

    Args:
        session: A session from `webhook_session`.
        url: URL to send to.
        secret: Secret that signs the requests.
        private_hosts: Hosts that may have private addresses.
        former_secrets: Secrets that receivers may still check with; the requests have a signature
            of each.
    """

    formats = (BodyFormat.TEXT,)

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: SecretStr,
        secret: SecretStr,
        *,
        private_hosts: frozenset[str],
        former_secrets: tuple[SecretStr, ...] = (),
    ) -> None:
        self._former_secrets = former_secrets
        self._session = session
        self._url = url.get_secret_value()
        self._secret = secret
        self._private_hosts = private_hosts

    async def send(self, message: Notification) -> SendResult:
        """Send one request; redirects are not followed."""
        body = webhook_body(message)
        now = datetime.now(UTC)
        headers = signature_headers(
            self._secret, message_id=message.id, now=now, body=body, former=self._former_secrets
        )
        return await post(
            self._session,
            self._url,
            body=body.encode(),
            headers={**headers, "Content-Type": "application/json"},
            private_hosts=self._private_hosts,
            now=now,
        )


async def post(
    session: aiohttp.ClientSession,
    address: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    private_hosts: frozenset[str],
    now: datetime,
) -> SendResult:
    """Send one request to a public address, and return a result by the status of the response.

    Redirects are not followed; at most 64 KiB of the response are read.

    Args:
        session: A session from `webhook_session`.
        address: URL to send to; never shown in messages.
        body: Body of the request, unchanged.
        headers: Headers of the request, unchanged.
        private_hosts: Hosts that may have private addresses.
        now: Current time, to turn a date in ``Retry-After`` into a wait.
    """
    try:
        url = URL(address)
        check_literal_address(url.host or "", private_hosts, port=url.port)
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            # The status is the answer: what follows it only lets the connection be used again.
            with suppress(TimeoutError, aiohttp.ClientError, OSError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    await _drain(response)
            wait = response.headers.get("retry-after", "")
            return result_of_status(response.status, wait, now=now)
    except TimeoutError:
        return SendResult(verdict=SendStatus.RETRY, detail="no answer in time")
    except (aiohttp.ClientError, OSError) as error:
        return _failure(error, address)


async def _drain(response: aiohttp.ClientResponse) -> None:
    n_left = MAX_ANSWER_BYTES
    while n_left > 0:
        chunk = await response.content.read(n_left)
        if not chunk:
            return
        n_left -= len(chunk)
    response.close()


def _failure(error: Exception, address: str) -> SendResult:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RefusedAddressError):
            return SendResult(
                verdict=SendStatus.RETRY,
                detail=f"{cause}; allow_private_hosts in channels.toml can allow it",
            )
        cause = cause.__cause__ or cause.__context__
    reason = str(error) or type(error).__name__
    return SendResult(
        verdict=SendStatus.RETRY, detail=mask_secrets(reason, address, URL(address).path_qs)
    )
