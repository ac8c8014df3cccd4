"""E-mail through a server on loopback."""

from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from streams.alerts.policy import MessageKind
from streams.alerts.templates.format import BodyFormat
from streams.config.channels import Email
from streams.deliver.channels.email import EmailSender
from streams.deliver.channels.message import Notification
from streams.deliver.channels.result import SendResult, SendStatus
from streams.records import Subscription
from streams.runtime.ports import free_port
from tests.support.deliver import alert
from tests.support.mail import Box, mail_server

MESSAGE = Notification(
    id="msg_1",
    form=MessageKind.SINGLE,
    alerts=(alert(1),),
    subscription=Subscription(id="rates", query="rate"),
    title="Łódź: Bridge 1 reopens",
    bodies={BodyFormat.TEXT: "Plain\n.\ntext", BodyFormat.HTML: "<p>Rich text</p>"},
)


async def send_message(port: int, *, login: str = "", starttls: bool | None = False) -> SendResult:
    """Send the message to two people."""
    channel = Email(
        url=SecretStr(f"smtp://{login}127.0.0.1:{port}"),
        sender="news@news.test",
        to=("a@news.test", "b@news.test"),
        starttls=starttls,
    )
    return await EmailSender(channel).send(MESSAGE)


async def test_email_has_two_bodies_and_stable_id() -> None:
    box = Box()
    with mail_server(box) as port:
        answers = [await send_message(port), await send_message(port)]

    (text, html) = box.received[0].get_payload()
    assert [result.verdict for result in answers] == [SendStatus.ACCEPTED] * 2
    assert [mail["Message-ID"] for mail in box.received] == ["<msg_1@news.test>"] * 2
    assert box.recipients == ["a@news.test", "b@news.test"]
    assert "Plain" in text.get_payload(decode=True).decode()
    assert (html.get_content_type(), "Rich" in str(html)) == ("text/html", True)
    assert box.received[0]["Subject"].startswith("=?utf-8?")


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        ("550 never", SendStatus.REFUSED),
        ("451 later", SendStatus.RETRY),
        ("250 OK", SendStatus.ACCEPTED),
    ],
)
async def test_smtp_reply_decides_verdict(data: str, verdict: SendStatus) -> None:
    with mail_server(Box(data=data)) as port:
        assert (await send_message(port)).verdict is verdict


async def test_one_accepted_recipient_is_success() -> None:
    box = Box(rcpt={"a@news.test": "550 no such user"})
    with mail_server(box) as port:
        answer = await send_message(port)

    assert (answer.verdict, answer.detail) == (SendStatus.ACCEPTED, "refused for a@news.test")
    assert box.recipients == ["b@news.test"]


@pytest.mark.parametrize(
    ("code", "verdict"), [("550", SendStatus.REFUSED), ("451", SendStatus.RETRY)]
)
async def test_all_recipients_refused_is_refusal(code: str, verdict: SendStatus) -> None:
    refusal = f"{code} no"
    with mail_server(Box(rcpt={"a@news.test": refusal, "b@news.test": refusal})) as port:
        assert (await send_message(port)).verdict is verdict


async def test_missing_starttls_sends_nothing() -> None:
    box = Box()
    with mail_server(box) as port:
        answer = await send_message(port, starttls=True)

    assert (answer.verdict, box.received) == (SendStatus.RETRY, [])
    assert "STARTTLS" in answer.detail


async def test_relay_without_starttls_gets_mail_without_password() -> None:
    box = Box()
    with mail_server(box) as port:
        answer = await send_message(port, starttls=None)

    assert (answer.verdict, len(box.received)) == (SendStatus.ACCEPTED, 1)


async def test_password_needs_starttls_unless_allowed() -> None:
    box = Box()
    with mail_server(box) as port:
        answer = await send_message(port, login="me:s3cret@", starttls=None)

    assert (answer.verdict, box.received) == (SendStatus.RETRY, [])
    assert "offers no STARTTLS, so the password was not sent; use smtps://" in answer.detail
    assert "s3cret" not in answer.detail


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_login_error_hides_password() -> None:
    def judge(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    box = Box()
    options = {"authenticator": judge, "auth_require_tls": False, "auth_required": True}
    with mail_server(box, **options) as port:
        good = await send_message(port, login="me:right@")
        bad = await send_message(port, login="me:s3cret@")

    assert (good.verdict, len(box.received)) == (SendStatus.ACCEPTED, 1)
    assert (bad.verdict, bad.detail) == (SendStatus.RETRY, "the mail server refused the login: 535")
    assert "s3cret" not in bad.detail


async def test_unreachable_mail_server_is_retried() -> None:
    assert (await send_message(free_port())).verdict is SendStatus.RETRY
