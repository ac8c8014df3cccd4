"""A WebSub hub on loopback that tests control."""

import hmac
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web


@dataclass
class Hub:
    """A hub.

    Attributes:
        url: Address of the hub.
        status: Status of responses to subscription requests.
        requests: Forms of the requests.
        lease_seconds: Granted lease.
    """

    session: aiohttp.ClientSession
    url: str = ""
    status: int = 202
    requests: list[dict[str, str]] = field(default_factory=list)
    lease_seconds: int = 86_400

    @property
    def callback(self) -> str:
        """The callback of the latest request."""
        return self.requests[-1]["hub.callback"]

    async def verify(self, **changes: str) -> tuple[int, str]:
        """Verify the latest request; return status and body of the response."""
        query = {
            "hub.mode": "subscribe",
            "hub.topic": self.requests[-1]["hub.topic"],
            "hub.challenge": "ch4llenge",
            "hub.lease_seconds": str(self.lease_seconds),
        } | {f"hub.{name}": value for name, value in changes.items()}
        async with self.session.get(self.callback, params=query) as response:
            return response.status, await response.text()

    async def push(
        self, body: bytes, *, method: str = "sha256", secret: str | None = None, **headers: str
    ) -> int:
        """Push a signed feed; return the status of the response."""
        key = self.requests[-1]["hub.secret"] if secret is None else secret
        signature = f"{method}={hmac.new(key.encode(), body, method).hexdigest()}"
        sent = {"Content-Type": "application/rss+xml", "X-Hub-Signature": signature} | headers
        async with self.session.post(
            self.callback, data=io.BytesIO(body), headers=sent
        ) as response:
            return response.status


@asynccontextmanager
async def hub() -> AsyncIterator[Hub]:
    """Open a hub on a free port."""

    async def subscribe(request: web.Request) -> web.Response:
        form = await request.post()
        opened.requests.append({name: str(value) for name, value in form.items()})
        return web.Response(status=opened.status)

    app = web.Application()
    app.router.add_post("/", subscribe)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    async with aiohttp.ClientSession() as session:
        opened = Hub(session)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        opened.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        try:
            yield opened
        finally:
            await runner.cleanup()
