"""The documented webhook receiver runs, and the documented channels can be parsed."""

import asyncio
import os
import re
import sys
from datetime import timedelta

from pydantic import SecretStr

from streams.config.channels_file import parse_channels
from streams.deliver.channels.result import SendStatus
from streams.deliver.channels.webhook import WebhookSender, webhook_session
from streams.runtime.ports import free_port
from tests.conftest import ROOT
from tests.support.deliver import message
from tests.support.waiting import eventually

CHANNELS = (ROOT / "docs/reference/channels.md").read_text()
RECEIVER = (ROOT / "docs/how-to/webhook-alerts.md").read_text()
SECRET = "whsec_" + "c2VjcmV0" * 4
HOSTS = frozenset({"127.0.0.1"})


def block(document: str, language: str) -> str:
    """Return the first block of a document in a language."""
    match = re.findall(rf"^```{language}\n(.*?)^```", document, re.MULTILINE | re.DOTALL)[0]
    return str(match)


def test_documented_channels_parse() -> None:
    environment = {"DESK_SECRET": SECRET, "SLACK_URL": "slack://a/b/c"}

    channels = parse_channels(block(CHANNELS, "toml"), environment=environment)

    assert list(channels.named) == ["desk", "mail", "chat", "bus"]


async def test_documented_receiver_accepts_signed_message_once() -> None:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", block(RECEIVER, "python")),
        env={**os.environ, "SECRET": SECRET, "PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = SecretStr(f"http://127.0.0.1:{port}/")
    async with webhook_session(HOSTS) as session:
        good = WebhookSender(session, url, SecretStr(SECRET), private_hosts=HOSTS)
        other = SecretStr("whsec_" + "b3RoZXIh" * 4)
        bad = WebhookSender(session, url, other, private_hosts=HOSTS)

        async def accepted() -> bool:
            return (await good.send(message())).verdict is SendStatus.ACCEPTED

        await eventually(accepted, within=timedelta(seconds=20))
        answers = [await good.send(message()), await bad.send(message())]
    process.terminate()
    printed, _ = await process.communicate()

    assert [result.verdict for result in answers] == [SendStatus.ACCEPTED, SendStatus.REFUSED]
    assert printed.decode() == "Bridge 1 reopens https://news.test/1\n"
