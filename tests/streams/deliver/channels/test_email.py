"""Mail through a server on loopback."""

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


async def sent(port: int, *, login: str = "", starttls: bool = False) -> SendResult:
    """Send the message to two people."""
    channel = Email(
        url=SecretStr(f"smtp://{login}127.0.0.1:{port}"),
        sender="news@news.test",
        to=("a@news.test", "b@news.test"),
        starttls=starttls,
    )
    return await EmailSender(channel).send(MESSAGE)


async def test_a_mail_has_both_bodies_and_an_id_that_stays() -> None:
    box = Box()
    with mail_server(box) as port:
        answers = [await sent(port), await sent(port)]

    (text, html) = box.got[0].get_payload()
    assert [one.verdict for one in answers] == [SendStatus.ACCEPTED] * 2
    assert [one["Message-ID"] for one in box.got] == ["<msg_1@news.test>"] * 2
    assert box.recipients == ["a@news.test", "b@news.test"]
    assert "Plain" in text.get_payload(decode=True).decode()
    assert (html.get_content_type(), "Rich" in str(html)) == ("text/html", True)
    assert box.got[0]["Subject"].startswith("=?utf-8?")


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        ("550 never", SendStatus.REFUSED),
        ("451 later", SendStatus.RETRY),
        ("250 OK", SendStatus.ACCEPTED),
    ],
)
async def test_replies_decide(data: str, verdict: SendStatus) -> None:
    with mail_server(Box(data=data)) as port:
        assert (await sent(port)).verdict is verdict


async def test_one_recipient_of_two_is_enough() -> None:
    box = Box(rcpt={"a@news.test": "550 no such user"})
    with mail_server(box) as port:
        answer = await sent(port)

    assert (answer.verdict, answer.detail) == (SendStatus.ACCEPTED, "refused for a@news.test")
    assert box.recipients == ["b@news.test"]


@pytest.mark.parametrize(
    ("code", "verdict"), [("550", SendStatus.REFUSED), ("451", SendStatus.RETRY)]
)
async def test_no_recipient_is_not_enough(code: str, verdict: SendStatus) -> None:
    refusal = f"{code} no"
    with mail_server(Box(rcpt={"a@news.test": refusal, "b@news.test": refusal})) as port:
        assert (await sent(port)).verdict is verdict


async def test_nothing_is_said_where_encryption_is_wanted_and_not_offered() -> None:
    box = Box()
    with mail_server(box) as port:
        answer = await sent(port, starttls=True)

    assert (answer.verdict, box.got) == (SendStatus.RETRY, [])
    assert "STARTTLS" in answer.detail


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_login_is_used_and_its_password_is_in_no_error() -> None:
    def judge(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    box = Box()
    options = {"authenticator": judge, "auth_require_tls": False, "auth_required": True}
    with mail_server(box, **options) as port:
        good = await sent(port, login="me:right@")
        bad = await sent(port, login="me:s3cret@")

    assert (good.verdict, len(box.got)) == (SendStatus.ACCEPTED, 1)
    assert (bad.verdict, bad.detail) == (SendStatus.RETRY, "the mail server refuses the login: 535")
    assert "s3cret" not in bad.detail


async def test_a_server_that_is_away_is_tried_again() -> None:
    assert (await sent(free_port())).verdict is SendStatus.RETRY
