"""All other services: what apprise knows by the URLs of the operator's file."""

import asyncio
import logging
from typing import Any, Final

from streams.alerts.templates.format import BodyFormat
from streams.config.channels import AppriseService
from streams.deliver.channels.message import Notification
from streams.deliver.channels.result import ACCEPTED, SendResult, SendStatus

TOTAL_SECONDS: Final = 60.0
"""Of one message: apprise may make several requests of it."""


class AppriseSender:
    """Sends through one URL of apprise; it is read when the first message goes out."""

    formats = (BodyFormat.MARKDOWN,)

    def __init__(self, channel: AppriseService) -> None:
        """Send as a channel says."""
        self._url = channel.url
        self._service: Any = None

    async def send(self, message: Notification) -> SendResult:
        """Let apprise send it; it says no more than whether it did."""
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                service = await asyncio.to_thread(self._opened)
                if not service:
                    return SendResult(
                        verdict=SendStatus.RETRY, detail="apprise does not know this URL"
                    )
                sent = await service.async_notify(
                    body=message.bodies[BodyFormat.MARKDOWN],
                    title=message.title,
                    body_format="markdown",
                )
        except TimeoutError:
            return SendResult(verdict=SendStatus.RETRY, detail="apprise did not end in 60 s")
        except Exception as error:  # noqa: BLE001  # a hundred plugins; their texts may hold the URL
            return SendResult(
                verdict=SendStatus.RETRY, detail=f"apprise failed: {type(error).__name__}"
            )
        if sent:
            return ACCEPTED
        return SendResult(verdict=SendStatus.RETRY, detail="apprise could not deliver")

    def _opened(self) -> Any:
        if self._service is None:
            import apprise  # noqa: PLC0415  # 30 MB that few need

            # Its log has URLs, and these have tokens.
            logging.getLogger("apprise").setLevel(logging.CRITICAL)
            self._service = apprise.Apprise()
            self._service.add(self._url.get_secret_value())
        return self._service
