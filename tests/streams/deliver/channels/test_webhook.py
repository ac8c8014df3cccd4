"""Webhooks on loopback: signed, refused for private addresses, bounded, without secrets."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from pydantic import SecretStr

from streams.deliver.channels.result import SendResult, SendStatus
from streams.deliver.channels.webhook import WebhookSender, webhook_session
from tests.support.deliver import message
from tests.support.receiver import receiver
from tests.support.web import Request, http, web

SECRET = SecretStr("whsec_" + "c2VjcmV0" * 4)
LOOPBACK = frozenset({"127.0.0.1", "localhost"})


async def send_message(
    url: str,
    *,
    n_alerts: int = 1,
    hosts: frozenset[str] = LOOPBACK,
    within: timedelta = timedelta(seconds=15),
) -> SendResult:
    """Send a message to an address; return the result."""
    timeout = aiohttp.ClientTimeout(total=within.total_seconds())
    async with webhook_session(hosts, timeout=timeout) as session:
        sender = WebhookSender(session, SecretStr(url), SECRET, private_hosts=hosts)
        return await sender.send(message(n_alerts))


async def test_webhook_is_signed_and_typed() -> None:
    async with receiver(lambda _: SECRET) as place:
        answer = await send_message(f"{place.base}/in", n_alerts=2)

    body = place.bodies["/in"]
    assert answer.verdict is SendStatus.ACCEPTED
    assert place.headers["webhook-id"] == "msg_1"
    assert place.headers["content-type"] == "application/json"
    assert (body["type"], body["data"]["form"]) == ("news.digest", "digest")
    assert body["data"]["subscription"] == {"id": "rates", "name": "German rates", "query": "rate"}
    assert [alert["title"] for alert in body["data"]["alerts"]] == [
        "Bridge 1 reopens",
        "Bridge 2 reopens",
    ]
    assert (body["data"]["title"], body["data"]["text"]) == ("A title", "A text")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "127.1"])
async def test_private_addresses_get_no_request(host: str) -> None:
    async with receiver(lambda _: SECRET) as place:
        answer = await send_message(f"http://{host}:{place.port}/in", hosts=frozenset())

    assert (place.requests, answer.verdict) == (0, SendStatus.RETRY)


async def test_refused_address_names_remedy() -> None:
    answer = await send_message("http://localhost:1/secret", hosts=frozenset())

    assert "allow_private_hosts" in answer.detail
    assert "secret" not in answer.detail


async def test_redirects_are_not_followed() -> None:
    async with web() as place:
        place.replies = {"/in": http(status="302 Found", location=f"{place.base}/other")}
        answer = await send_message(f"{place.base}/in")

    assert place.paths == ["/in"]
    assert (answer.verdict, answer.detail) == (
        SendStatus.RETRY,
        "status 302 Found: redirects are not followed",
    )


async def test_endless_response_is_cut_off() -> None:
    written = 0

    async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            written += 65536
            await writer.drain()

    async with web() as place:
        place.replies = {"/in": endless}
        answer = await send_message(f"{place.base}/in")

    assert answer.verdict is SendStatus.ACCEPTED
    assert written < 64 * 2**20


async def test_timeout_is_retried() -> None:
    async def silent(_request: Request, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with web() as place:
        place.replies = {"/in": silent}
        answer = await send_message(f"{place.base}/in", within=timedelta(seconds=0.2))

    assert (answer.verdict, answer.detail) == (SendStatus.RETRY, "no answer in time")


async def test_closed_connection_is_retried() -> None:
    async with receiver(lambda _: SECRET, hang_up_share=1.0) as place:
        answer = await send_message(f"{place.base}/in")

    assert answer.verdict is SendStatus.RETRY


async def test_retry_after_sets_wait() -> None:
    async with web() as place:
        place.replies = {"/in": http(status="429 Too Many Requests", retry_after="30")}
        answer = await send_message(f"{place.base}/in")

    assert answer.wait == timedelta(seconds=30)


async def test_webhook_errors_hide_secrets() -> None:
    answer = await send_message("http://127.0.0.1:1/hidden/path?token=t0ken")

    assert answer.verdict is SendStatus.RETRY
    assert not {"hidden", "t0ken", "whsec"} & set(answer.detail.replace("/", " ").split())
    assert "t0ken" not in answer.detail


async def test_accepted_message_with_dripping_body_is_accepted() -> None:
    async def drip(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with web() as site:
        site.replies["/in"] = drip
        answer = await send_message(f"{site.base}/in", within=timedelta(seconds=0.5))

    assert answer.verdict is SendStatus.ACCEPTED


async def test_refusal_with_broken_body_keeps_its_status() -> None:
    async def cut(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 410 Gone\r\ncontent-length: 1000\r\n\r\nx")

    async with web() as site:
        site.replies["/in"] = cut
        answer = await send_message(f"{site.base}/in")

    assert answer.verdict is SendStatus.GONE


@pytest.mark.parametrize("known", ["new", "old"])
async def test_both_secrets_verify_during_rotation(known: str) -> None:
    secrets = {name: SecretStr("whsec_" + name.encode().hex() * 8) for name in ("new", "old")}
    async with receiver(lambda _: secrets[known]) as place, webhook_session(LOOPBACK) as session:
        sender = WebhookSender(
            session,
            SecretStr(f"{place.base}/in"),
            secrets["new"],
            private_hosts=LOOPBACK,
            former_secrets=(secrets["old"],),
        )
        answer = await sender.send(message(1))

    assert answer.verdict is SendStatus.ACCEPTED
    assert place.headers["webhook-signature"].count("v1,") == 2


@pytest.mark.parametrize(
    ("hosts", "delivered"),
    [({"127.0.0.1:{port}"}, 1), ({"127.0.0.1:1"}, 0), ({"127.0.0.1"}, 1), ({"localhost"}, 0)],
)
async def test_private_host_is_allowed_by_port(hosts: set[str], delivered: int) -> None:
    async with receiver(lambda _: SECRET) as place:
        allowed = frozenset(host.format(port=place.port) for host in hosts)
        await send_message(f"{place.base}/in", hosts=allowed)

    assert place.requests == delivered
