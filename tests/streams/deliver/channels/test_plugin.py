"""A channel of another package: every outcome is a result without secrets."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from streams.alerts.templates.format import BodyFormat
from streams.config.channels import Channel, Channels, Plugin, kind_label
from streams.deliver.channels.plugin import ChannelContext, PluginSender
from streams.deliver.channels.registry import open_channels
from streams.deliver.channels.result import ACCEPTED, SendResult, SendStatus
from streams.deliver.channels.webhook import webhook_session
from streams.settings import Settings
from tests.support.channels import Pager, PagerOptions
from tests.support.deliver import message
from tests.support.web import http, web

SECRET = "s3cret"  # noqa: S105  # of no service


def pager(address: str) -> Plugin:
    """Return a channel that behaves as its address says."""
    return Plugin(
        name="pager",
        package="news-pager 1.0",
        factory=Pager,
        options=PagerOptions(pager=address, token=SecretStr(SECRET)),
        secrets=frozenset({SECRET}),
    )


async def send_message(kind: Plugin, *, hosts: frozenset[str] = frozenset()) -> SendResult:
    """Send a message; return the result."""
    async with webhook_session(hosts) as session:
        context = ChannelContext(label="desk", session=session, private_hosts=hosts)
        return await PluginSender(kind, context, seconds=0.5).send(message())


@pytest.mark.parametrize(
    ("address", "result"),
    [
        ("accept", ACCEPTED),
        ("say", SendResult(verdict=SendStatus.REFUSED, detail="no such token: ***")),
        ("raise", SendResult(verdict=SendStatus.RETRY, detail="news-pager 1.0 failed: ValueError")),
        (
            "deny",
            SendResult(
                verdict=SendStatus.RETRY,
                detail="news-pager 1.0 failed: PermissionError Permission denied",
            ),
        ),
        (
            "hang",
            SendResult(verdict=SendStatus.RETRY, detail="news-pager 1.0 did not finish in 0.5 s"),
        ),
        (
            "nothing",
            SendResult(
                verdict=SendStatus.RETRY,
                detail="news-pager 1.0 returned NoneType, not a SendResult",
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_plugin_sender_result(address: str, result: SendResult) -> None:
    assert await send_message(pager(address)) == result


async def test_plugin_that_fails_to_start_is_retried() -> None:
    kind = Plugin(name="a", package="a 1.0", factory=lambda: None, options=None)

    assert await send_message(kind) == SendResult(
        verdict=SendStatus.RETRY, detail="a 1.0 failed: TypeError"
    )


async def test_context_post_result_equals_webhook() -> None:
    async with web() as server:
        server.replies = {"/in": http(status="429 Too Many Requests", retry_after="7")}
        result = await send_message(pager(f"post {server.base}/in"), hosts=frozenset({"127.0.0.1"}))

    assert result.verdict is SendStatus.RETRY
    assert result.wait == timedelta(seconds=7)


async def test_context_post_refuses_private_addresses() -> None:
    async with web() as server:
        result = await send_message(pager(f"post {server.base}/in"))

    assert server.paths == []
    assert "allow_private_hosts" in result.detail


async def test_registry_reuses_plugin_until_it_changes() -> None:
    channels = Channels()
    first = Channel(label="desk", kind=pager("accept"))
    async with open_channels(Settings()) as senders:
        subscription = message().subscription
        sender = await senders.sender_for(first, channels, subscription)
        same = await senders.sender_for(first, channels, subscription)
        other = await senders.sender_for(
            Channel(label="desk", kind=pager("say")), channels, subscription
        )

    assert sender is same
    assert sender is not other
    assert sender.formats == (BodyFormat.TEXT,)


def test_plugin_metrics_use_its_name() -> None:
    assert kind_label(pager("accept")) == "pager"
