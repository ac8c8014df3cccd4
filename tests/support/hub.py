"""A real WebSub hub on loopback that does what a test tells it, and lies when it is told to."""

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
        url: Where it is asked.
        status: What it answers requests with.
        asked: The forms it was sent.
        lease_seconds: What it grants.
    """

    session: aiohttp.ClientSession
    url: str = ""
    status: int = 202
    asked: list[dict[str, str]] = field(default_factory=list)
    lease_seconds: int = 86_400

    @property
    def callback(self) -> str:
        """The latest callback it was given."""
        return self.asked[-1]["hub.callback"]

    async def verify(self, **changes: str) -> tuple[int, str]:
        """Ask a subscriber whether it meant its latest request; status and body of the answer."""
        query = {
            "hub.mode": "subscribe",
            "hub.topic": self.asked[-1]["hub.topic"],
            "hub.challenge": "ch4llenge",
            "hub.lease_seconds": str(self.lease_seconds),
        } | {f"hub.{name}": value for name, value in changes.items()}
        async with self.session.get(self.callback, params=query) as response:
            return response.status, await response.text()

    async def push(
        self, body: bytes, *, method: str = "sha256", secret: str | None = None, **headers: str
    ) -> int:
        """Distribute a feed, signed; the status of the answer."""
        key = self.asked[-1]["hub.secret"] if secret is None else secret
        signature = f"{method}={hmac.new(key.encode(), body, method).hexdigest()}"
        sent = {"Content-Type": "application/rss+xml", "X-Hub-Signature": signature} | headers
        async with self.session.post(
            self.callback, data=io.BytesIO(body), headers=sent
        ) as response:
            return response.status


@asynccontextmanager
async def hub() -> AsyncIterator[Hub]:
    """Start a hub on a free port."""

    async def subscribe(request: web.Request) -> web.Response:
        form = await request.post()
        one.asked.append({name: str(value) for name, value in form.items()})
        return web.Response(status=one.status)

    app = web.Application()
    app.router.add_post("/", subscribe)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    async with aiohttp.ClientSession() as session:
        one = Hub(session)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        try:
            yield one
        finally:
            await runner.cleanup()
