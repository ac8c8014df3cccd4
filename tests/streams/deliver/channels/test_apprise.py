"""apprise, with its JSON channel to a server on loopback."""

from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from streams.alerts.policy import MessageKind
from streams.alerts.templates.format import BodyFormat
from streams.alerts.templates.render import render_message
from streams.config.channels import AppriseService
from streams.deliver.channels.apprise import AppriseSender
from streams.deliver.channels.message import Notification
from streams.deliver.channels.parts import MAX_PARTS
from streams.deliver.channels.result import SendResult, SendStatus
from streams.records import Subscription
from streams.runtime.ports import free_port
from tests.support.deliver import alert

# Of modules that apprise imports.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MESSAGE = Notification(
    id="msg_1",
    form=MessageKind.SINGLE,
    alerts=(alert(1),),
    subscription=Subscription(id="rates", query="rate"),
    title="Bridge 1 reopens",
    bodies={BodyFormat.MARKDOWN: "[Bridge 1 reopens](https://news.test/1)"},
)


async def serve(status: int, received: list[Any]) -> tuple[web.AppRunner, int]:
    """Run a server that records the JSON of requests."""

    async def answer(request: web.Request) -> web.Response:
        received.append(await request.json())
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, port


@pytest.mark.parametrize(
    ("status", "verdict"), [(200, SendStatus.ACCEPTED), (500, SendStatus.RETRY)]
)
async def test_apprise_reports_success_and_failure(status: int, verdict: SendStatus) -> None:
    received: list[Any] = []
    runner, port = await serve(status, received)

    answer = await AppriseSender(
        AppriseService(url=SecretStr(f"json://127.0.0.1:{port}/s3cret"))
    ).send(MESSAGE)
    await runner.cleanup()

    assert answer.verdict is verdict
    assert received[0]["title"] == "Bridge 1 reopens"
    assert "https://news.test/1" in received[0]["message"]
    assert "s3cret" not in answer.detail


def digest(n_alerts: int) -> Notification:
    """Return a digest as the deliverer renders it."""
    alerts = tuple(
        alert(n, title=f"Bridge {n} reopens", summary="word " * 60) for n in range(n_alerts)
    )
    search = Subscription(id="rates", query="rate")
    form = MessageKind.DIGEST
    shown = render_message(alerts, search, form=form, format_=BodyFormat.MARKDOWN)
    return Notification(
        id="msg_digest",
        form=form,
        alerts=alerts,
        subscription=search,
        title=shown.title,
        bodies={BodyFormat.MARKDOWN: shown.body},
    )


class Chat:
    """A chat on loopback that refuses long messages, and answers with a status when told to."""

    def __init__(self, key: str, limit: int, statuses: dict[int, int] | None = None) -> None:
        self.key, self.limit, self.statuses = key, limit, statuses or {}
        self.taken: list[str] = []
        self.n_requests = 0

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a request."""
        self.n_requests += 1
        text = str((await request.json())[self.key])
        status = self.statuses.get(self.n_requests, 400 if len(text) > self.limit else 200)
        if status == 200:
            self.taken.append(text)
        return web.Response(status=status, text="ok")

    async def send(self, scheme: str, *messages: Notification) -> list[SendResult]:
        """Send messages to this chat in turn, through one sender."""
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{tail:.*}", self.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        url = f"{scheme}://127.0.0.1:{port}/{'t0ken' * 5}"
        sender = AppriseSender(AppriseService(url=SecretStr(url)))
        results = [await sender.send(message) for message in messages]
        await runner.cleanup()
        return results


@pytest.mark.parametrize(
    ("scheme", "key", "limit"),
    [("mmost", "text", 4000), ("mmost", "text", 3000), ("json", "message", 1500)],
)
async def test_long_digest_arrives_in_parts(scheme: str, key: str, limit: int) -> None:
    chat = Chat(key, limit)
    results = await chat.send(scheme, digest(40))

    assert [result.verdict for result in results] == [SendStatus.ACCEPTED]
    assert all(f"Bridge {number} reopens" in "\n".join(chat.taken) for number in range(20))
    assert max(map(len, chat.taken)) <= limit
    assert len(chat.taken) <= MAX_PARTS


async def test_failed_digest_continues_with_failed_part() -> None:
    chat = Chat("text", 4000, {2: 503})
    results = await chat.send("mmost", digest(30), digest(30))

    assert [result.verdict for result in results] == [SendStatus.RETRY, SendStatus.ACCEPTED]
    assert len(chat.taken) == len(set(chat.taken)) == 3


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_refusal_of_chat_is_final(status: int) -> None:
    (result,) = await Chat("text", 4000, {1: status}).send("mmost", MESSAGE)

    assert result.verdict is SendStatus.REFUSED
    assert str(status) in result.detail
    assert "t0ken" not in result.detail


async def test_message_that_stays_refused_is_given_up() -> None:
    chat = Chat("text", 0)
    (result,) = await chat.send("mmost", digest(40))

    assert result.verdict is SendStatus.REFUSED
    assert chat.n_requests < 8


async def test_url_unknown_to_apprise_is_retried() -> None:
    answer = await AppriseSender(AppriseService(url=SecretStr("nosuch://s3cret"))).send(MESSAGE)

    assert (answer.verdict, answer.detail) == (
        SendStatus.RETRY,
        "apprise does not support this URL",
    )
