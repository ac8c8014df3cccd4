"""A webhook receiver on loopback that fails, hangs up and stops on request."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from standardwebhooks import Webhook

from streams.runtime.ports import free_port


@dataclass
class Receiver:
    """Received messages, and the behavior of the receiver.

    Attributes:
        secret_of: Returns the secret of a path.
        fail_share: Share of requests that get a 500 and are not accepted.
        hang_up_share: Share of requests whose connection is cut, half of them after acceptance.
        rng: Chooses these requests.
        answers: Statuses to return first, before all shares; each once.
        taken: Accepted webhook-ids in order, each once, by path.
        alerts: The ids of their alerts, by path.
        repeats: Number of messages received again after acceptance.
        bodies: The latest body, by path.
        headers: The latest headers.
    """

    secret_of: Callable[[str], SecretStr]
    fail_share: float = 0.0
    hang_up_share: float = 0.0
    rng: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    answers: list[int] = field(default_factory=list)
    answer_headers: dict[str, str] = field(default_factory=dict)
    taken: dict[str, list[str]] = field(default_factory=dict)
    alerts: dict[str, list[str]] = field(default_factory=dict)
    repeats: int = 0
    requests: int = 0
    refused: int = 0
    bodies: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    _site: web.TCPSite | None = None
    _runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        """URL of the receiver, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def n_alerts(self) -> int:
        """Number of accepted alerts."""
        return sum(len(ids) for ids in self.alerts.values())

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Check the signature, then accept the message or not."""
        self.requests += 1
        body = await request.text()
        secret = self.secret_of(request.path).get_secret_value()
        content = Webhook(secret).verify(body, dict(request.headers))
        if self.answers:
            status = self.answers.pop(0)
            if status >= 300:
                return web.Response(status=status, headers=self.answer_headers)
        if self.rng.random() < self.fail_share:
            return web.Response(status=500)
        hang_up = self.rng.random() < self.hang_up_share
        if hang_up and self.rng.random() < 0.5:
            return self._hang_up(request)
        self._take(request, content)
        return self._hang_up(request) if hang_up else web.Response(status=204)

    def _take(self, request: web.Request, content: Any) -> None:
        name = request.headers["webhook-id"]
        taken = self.taken.setdefault(request.path, [])
        if name in set(taken[-500:]) or name in taken:
            self.repeats += 1
            return
        taken.append(name)
        ids = [alert["id"] for alert in content["data"]["alerts"]]
        self.alerts.setdefault(request.path, []).extend(ids)
        self.bodies[request.path] = content
        self.headers = {key.lower(): value for key, value in request.headers.items()}

    def _hang_up(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def up(self) -> None:
        """Listen, on the same port as before."""
        app = web.Application(client_max_size=16 * 2**20)
        app.router.add_post("/{tail:.*}", self.answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self.port = self.port or free_port()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await self._site.start()

    async def down(self) -> None:
        """Stop listening, and close all connections."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@asynccontextmanager
async def receiver(
    secret_of: Callable[[str], SecretStr], **behavior: Any
) -> AsyncIterator[Receiver]:
    """Run a receiver."""
    running = Receiver(secret_of, **behavior)
    await running.up()
    try:
        yield running
    finally:
        await running.down()
