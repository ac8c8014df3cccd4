"""apprise, with its JSON channel to a server on loopback."""

from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from streams.alerts.policy import MessageKind
from streams.alerts.templates.format import BodyFormat
from streams.config.channels import AppriseService
from streams.deliver.channels.apprise import AppriseSender
from streams.deliver.channels.message import Notification
from streams.deliver.channels.result import SendStatus
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


async def test_url_unknown_to_apprise_is_retried() -> None:
    answer = await AppriseSender(AppriseService(url=SecretStr("nosuch://s3cret"))).send(MESSAGE)

    assert (answer.verdict, answer.detail) == (
        SendStatus.RETRY,
        "apprise does not support this URL",
    )
