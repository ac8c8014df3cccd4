"""A webhook receiver on loopback that fails, hangs up and goes away as it is told to."""

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
    """What it got, and how it behaves.

    Attributes:
        secret_of: Gives the secret of a path.
        fail_share: Of requests that get a 500 and are not taken.
        hang_up_share: Of requests whose connection is cut, half of them after they were taken.
        rng: Decides which.
        answers: Statuses to give next, before all shares; each once.
        taken: The webhook-ids in the order of being taken, each once, by path.
        alerts: The ids of alerts in them, by path.
        repeats: How often something came that was taken already.
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
        """Its URL, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def n_alerts(self) -> int:
        """How many alerts it has."""
        return sum(len(ids) for ids in self.alerts.values())

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Check the signature, then take it or not."""
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
        """Listen, at the same port as before."""
        app = web.Application(client_max_size=16 * 2**20)
        app.router.add_post("/{tail:.*}", self.answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self.port = self.port or free_port()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await self._site.start()

    async def down(self) -> None:
        """Stop listening, and cut all connections."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@asynccontextmanager
async def receiver(
    secret_of: Callable[[str], SecretStr], **behavior: Any
) -> AsyncIterator[Receiver]:
    """Run a receiver."""
    place = Receiver(secret_of, **behavior)
    await place.up()
    try:
        yield place
    finally:
        await place.down()
