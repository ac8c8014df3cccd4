"""A channel of another package: whatever it does is an answer without secrets."""

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
    """A channel that does as its address says."""
    return Plugin(
        name="pager",
        package="news-pager 1.0",
        factory=Pager,
        options=PagerOptions(pager=address, token=SecretStr(SECRET)),
        secrets=frozenset({SECRET}),
    )


async def sent(kind: Plugin, *, hosts: frozenset[str] = frozenset()) -> SendResult:
    """Send a message; give what came of it."""
    async with webhook_session(hosts) as session:
        context = ChannelContext(label="desk", session=session, private_hosts=hosts)
        return await PluginSender(kind, context, seconds=0.5).send(message())


@pytest.mark.parametrize(
    ("address", "answer"),
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
            SendResult(verdict=SendStatus.RETRY, detail="news-pager 1.0 did not end in 0.5 s"),
        ),
        (
            "nothing",
            SendResult(
                verdict=SendStatus.RETRY, detail="news-pager 1.0 returned NoneType, not an Answer"
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_plugin_sender_answers(address: str, answer: SendResult) -> None:
    assert await sent(pager(address)) == answer


async def test_plugin_that_cannot_be_made_is_tried_again() -> None:
    kind = Plugin(name="a", package="a 1.0", factory=lambda: None, options=None)

    assert await sent(kind) == SendResult(
        verdict=SendStatus.RETRY, detail="a 1.0 failed: TypeError"
    )


async def test_context_post_judges_as_a_webhook() -> None:
    async with web() as place:
        place.replies = {"/in": http(status="429 Too Many Requests", retry_after="7")}
        answer = await sent(pager(f"post {place.base}/in"), hosts=frozenset({"127.0.0.1"}))

    assert answer.verdict is SendStatus.RETRY
    assert answer.wait == timedelta(seconds=7)


async def test_context_post_refuses_private_addresses() -> None:
    async with web() as place:
        answer = await sent(pager(f"post {place.base}/in"))

    assert place.paths == []
    assert "allow_private_hosts" in answer.detail


async def test_senders_keep_a_plugin_until_it_changes() -> None:
    channels = Channels()
    first = Channel(label="desk", kind=pager("accept"))
    async with open_channels(Settings()) as senders:
        subscription = message().subscription
        one = await senders.sender_for(first, channels, subscription)
        same = await senders.sender_for(first, channels, subscription)
        other = await senders.sender_for(
            Channel(label="desk", kind=pager("say")), channels, subscription
        )

    assert one is same
    assert one is not other
    assert one.formats == (BodyFormat.TEXT,)


def test_plugin_is_counted_under_its_name() -> None:
    assert kind_label(pager("accept")) == "pager"
