"""A mail server on loopback with configurable replies."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from streams.runtime.ports import free_port


@dataclass
class Box:
    """Received messages, and the replies of the server."""

    received: list[Message] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = "250 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.received.append(message_from_bytes(envelope.content))
            self.recipients = envelope.rcpt_tos
        return self.data


@contextmanager
def mail_server(box: Box, **options: Any) -> Iterator[int]:
    """Run a mail server; yield its port."""
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
