"""Mail: one message through the operator's server, plain text and HTML."""

import asyncio
import smtplib
import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from yarl import URL

from streams.alerts.templates.format import BodyFormat
from streams.config.channels import Email
from streams.deliver.channels.message import Notification, mask_secrets
from streams.deliver.channels.result import ACCEPTED, SendResult, SendStatus

SECONDS: Final = 15.0
"""Of one step of the conversation."""

TOTAL_SECONDS: Final = 60.0
"""Of all of it."""

PERMANENT: Final = range(500, 600)
"""Replies that the same message would meet again (RFC 5321, section 4.2.1)."""

SUBMISSION, IMPLICIT_TLS = 587, 465
"""Ports where none is given (RFC 6409, RFC 8314)."""


def build_email(message: Notification, channel: Email, *, now: datetime) -> EmailMessage:
    """Write a message.

    Its Message-ID is that of the alert message, so that mail programs recognize a repeat.

    Args:
        message: What is told.
        channel: From whom to whom.
        now: Its date.

    References:
        RFC 5322 (Message-ID), RFC 3834 (Auto-Submitted).
    """
    mail = EmailMessage(policy=SMTP)
    domain = channel.sender.rpartition("@")[2].strip(">") or "news-streams.invalid"
    mail["From"] = channel.sender
    mail["To"] = [Address(addr_spec=one) for one in channel.to]
    mail["Subject"] = message.title or "News"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.bodies[BodyFormat.TEXT])
    if BodyFormat.HTML in message.bodies:
        mail.add_alternative(message.bodies[BodyFormat.HTML], subtype="html")
    return mail


class EmailSender:
    """Sends through one server, one connection a message."""

    formats = (BodyFormat.TEXT, BodyFormat.HTML)

    def __init__(self, channel: Email) -> None:
        """Send as a channel says."""
        self._channel = channel
        self._url = URL(channel.url.get_secret_value())

    async def send(self, message: Notification) -> SendResult:
        """Hand the message to the server."""
        try:
            mail = build_email(message, self._channel, now=datetime.now(UTC))
            async with asyncio.timeout(TOTAL_SECONDS):
                return await asyncio.to_thread(self._hand_over, mail)
        except TimeoutError:
            return self._answer(SendStatus.RETRY, "the mail server did not answer in time")
        except ValueError as error:  # an address or a header that cannot be written
            return self._answer(SendStatus.REFUSED, f"the mail cannot be written: {error}")
        except (smtplib.SMTPException, OSError) as error:
            return self._answer(*_trouble(error))

    def _hand_over(self, mail: EmailMessage) -> SendResult:
        with self._connected() as server:
            if self._url.user:
                server.login(self._url.user, self._url.password or "")
            refused = server.send_message(mail)
        if refused:
            return self._answer(SendStatus.ACCEPTED, f"refused for {', '.join(sorted(refused))}")
        return ACCEPTED

    def _connected(self) -> smtplib.SMTP:
        host = self._url.host or ""
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            port = self._url.explicit_port or IMPLICIT_TLS
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        server = smtplib.SMTP(host, self._url.explicit_port or SUBMISSION, timeout=SECONDS)
        try:
            if self._channel.starttls:
                server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
        return server

    def _answer(self, verdict: SendStatus, said: str) -> SendResult:
        secrets = (str(self._url), self._channel.url.get_secret_value(), self._url.password or "")
        return SendResult(verdict=verdict, detail=mask_secrets(said, *secrets))


def _trouble(error: Exception) -> tuple[SendStatus, str]:
    """Tell what a failure of the conversation means."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
            final = all(code in PERMANENT for code in codes)
            said = f"all recipients refused: {codes}"
        case smtplib.SMTPAuthenticationError():
            # The operator's to mend, and then it goes: never given up at once.
            final, said = False, f"the mail server refuses the login: {error.smtp_code}"
        case smtplib.SMTPResponseException():
            final = error.smtp_code in PERMANENT
            said = f"the mail server says {error.smtp_code} {error.smtp_error!r}"
        case _:
            final, said = False, f"{type(error).__name__}: {error}"
    return SendStatus.REFUSED if final else SendStatus.RETRY, said
