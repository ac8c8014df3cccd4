"""Webhooks: one signed request a message, to public addresses only, its answer bounded."""

from collections.abc import Mapping
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
from streams.fetch.address import CheckedResolver, RefusedAddressError, check_literal_address
from streams.records.topics import MIB

TIMEOUT: Final = aiohttp.ClientTimeout(total=15)
"""Standard Webhooks 1.0.0 recommends 15 to 30 s; the next message of a lane waits as long."""

MAX_ANSWER_BYTES: Final = MIB // 16
"""What is read of an answer, only so that the connection can be used again."""

PER_HOST: Final = 16
"""Requests to one host at a time, as `streams.deliver.concurrency` allows."""


def webhook_session(
    private_hosts: frozenset[str], *, timeout: aiohttp.ClientTimeout = TIMEOUT
) -> aiohttp.ClientSession:
    """Open a session that connects to public addresses, and to hosts that are allowed."""
    connector = aiohttp.TCPConnector(
        resolver=CheckedResolver(private_hosts), limit_per_host=PER_HOST
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        headers={"User-Agent": f"news-streams/{version('news-streams')}"},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )


def webhook_body(message: Notification) -> str:
    """Write what a receiver gets.

    Returns:
        JSON with ``type`` (``news.alert`` or ``news.digest``), ``timestamp`` and ``data``; the
        same for the same message, however often it is sent.

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
    """Sends to one address."""

    formats = (BodyFormat.TEXT,)

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: SecretStr,
        secret: SecretStr,
        *,
        private_hosts: frozenset[str],
    ) -> None:
        """Send through a session.

        Args:
            session: As `webhook_session` opens it.
            url: Where to.
            secret: That signs.
            private_hosts: Hosts that may be addresses of no public place.
        """
        self._session = session
        self._url = url.get_secret_value()
        self._secret = secret
        self._private_hosts = private_hosts

    async def send(self, message: Notification) -> SendResult:
        """Ask once; redirects are not followed."""
        body = webhook_body(message)
        now = datetime.now(UTC)
        headers = signature_headers(self._secret, message_id=message.id, now=now, body=body)
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
    """Send one request to a public address, and judge the answer by its status.

    Redirects are not followed; of the answer at most 64 KiB are read.

    Args:
        session: As `webhook_session` opens it.
        address: Where to; no message shows it.
        body: As it is.
        headers: As they are.
        private_hosts: Hosts that may be addresses of no public place.
        now: To turn a date in ``Retry-After`` into a wait.
    """
    try:
        url = URL(address)
        check_literal_address(url.host or "", private_hosts)
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            await _drain(response)
            wait = response.headers.get("retry-after", "")
            return result_of_status(response.status, wait, now=now)
    except TimeoutError:
        return SendResult(verdict=SendStatus.RETRY, detail="no answer in time")
    except (aiohttp.ClientError, OSError) as error:
        return _trouble(error, address)


async def _drain(response: aiohttp.ClientResponse) -> None:
    rest = MAX_ANSWER_BYTES
    while rest > 0:
        piece = await response.content.read(rest)
        if not piece:
            return
        rest -= len(piece)
    response.close()


def _trouble(error: Exception, address: str) -> SendResult:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RefusedAddressError):
            return SendResult(
                verdict=SendStatus.RETRY,
                detail=f"{cause}; allow_private_hosts in channels.toml can allow it",
            )
        cause = cause.__cause__ or cause.__context__
    said = str(error) or type(error).__name__
    return SendResult(
        verdict=SendStatus.RETRY, detail=mask_secrets(said, address, URL(address).path_qs)
    )
