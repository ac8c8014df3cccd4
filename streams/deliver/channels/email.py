"""Send alerts by e-mail through the operator's server, as plain text and HTML."""

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
"""Time limit for one command of the SMTP session."""

TOTAL_SECONDS: Final = 60.0
"""Time limit for the whole session."""

PERMANENT: Final = range(500, 600)
"""Replies that the same message would get again (RFC 5321, section 4.2.1)."""

SUBMISSION, IMPLICIT_TLS = 587, 465
"""Default ports (RFC 6409, RFC 8314)."""


class MissingStartTLSError(smtplib.SMTPException):
    """The server does not offer TLS; nothing was sent.

    Args:
        needed_for_password: Whether only the password needs it.
    """

    def __init__(self, *, needed_for_password: bool) -> None:
        remedy = "smtps:// if the server has a TLS port, or starttls = false if the network is safe"
        reason = (
            "so the password was not sent" if needed_for_password else "which starttls requires"
        )
        super().__init__(f"the mail server offers no STARTTLS, {reason}; use {remedy}")


def build_email(message: Notification, channel: Email, *, now: datetime) -> EmailMessage:
    """Return an e-mail message.

    Its Message-ID is the id of the notification, so that mail programs recognize a repeated one.

    Args:
        message: The notification.
        channel: Sender and recipients.
        now: Date of the e-mail.

    References:
        RFC 5322 (Message-ID), RFC 3834 (Auto-Submitted).
    """
    mail = EmailMessage(policy=SMTP)
    domain = channel.sender.rpartition("@")[2].strip(">") or "news-streams.invalid"
    mail["From"] = channel.sender
    mail["To"] = [Address(addr_spec=address) for address in channel.to]
    mail["Subject"] = message.title or "News"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.bodies[BodyFormat.TEXT])
    if BodyFormat.HTML in message.bodies:
        mail.add_alternative(message.bodies[BodyFormat.HTML], subtype="html")
    return mail


class EmailSender:
    """Sends through one server, with one connection per message.

    Args:
        channel: The channel in ``channels.toml``.
    """

    formats = (BodyFormat.TEXT, BodyFormat.HTML)

    def __init__(self, channel: Email) -> None:
        self._channel = channel
        self._url = URL(channel.url.get_secret_value())

    async def send(self, message: Notification) -> SendResult:
        """Pass the message to the mail server."""
        try:
            mail = build_email(message, self._channel, now=datetime.now(UTC))
            async with asyncio.timeout(TOTAL_SECONDS):
                return await asyncio.to_thread(self._submit, mail)
        except TimeoutError:
            return self._result(SendStatus.RETRY, "the mail server did not answer in time")
        except ValueError as error:  # an address or a header that cannot be written
            return self._result(SendStatus.REFUSED, f"the e-mail cannot be built: {error}")
        except (smtplib.SMTPException, OSError) as error:
            return self._result(*_classify(error))

    def _submit(self, mail: EmailMessage) -> SendResult:
        with self._connect() as server:
            if self._url.user:
                server.login(self._url.user, self._url.password or "")
            refused = server.send_message(mail)
        if refused:
            return self._result(SendStatus.ACCEPTED, f"refused for {', '.join(sorted(refused))}")
        return ACCEPTED

    def _connect(self) -> smtplib.SMTP:
        host = self._url.host or ""
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            port = self._url.explicit_port or IMPLICIT_TLS
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        server = smtplib.SMTP(host, self._url.explicit_port or SUBMISSION, timeout=SECONDS)
        try:
            self._secure(server)
        except BaseException:
            server.close()
            raise
        return server

    def _secure(self, server: smtplib.SMTP) -> None:
        """Switch to TLS if the server offers it, or if the channel or a password needs it.

        Raises:
            MissingStartTLSError: If the server does not offer what is needed.
        """
        server.ehlo()
        wanted = self._channel.starttls
        if wanted is False:
            return
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif wanted or self._url.user:
            raise MissingStartTLSError(needed_for_password=not wanted)

    def _result(self, verdict: SendStatus, detail: str) -> SendResult:
        secrets = (str(self._url), self._channel.url.get_secret_value(), self._url.password or "")
        return SendResult(verdict=verdict, detail=mask_secrets(detail, *secrets))


def _classify(error: Exception) -> tuple[SendStatus, str]:
    """Return the verdict and the detail of a failed SMTP session."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
            final = all(code in PERMANENT for code in codes)
            detail = f"all recipients refused: {codes}"
        case smtplib.SMTPAuthenticationError():
            # The operator can correct the login, so the message is retried.
            final, detail = False, f"the mail server refused the login: {error.smtp_code}"
        case smtplib.SMTPResponseException():
            final = error.smtp_code in PERMANENT
            detail = f"the mail server replied {error.smtp_code} {error.smtp_error!r}"
        case MissingStartTLSError():
            final, detail = False, str(error)
        case _:
            final, detail = False, f"{type(error).__name__}: {error}"
    return SendStatus.REFUSED if final else SendStatus.RETRY, detail
