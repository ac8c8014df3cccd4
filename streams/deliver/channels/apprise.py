"""Send to all other services that apprise supports, by the URLs of the operator's file."""

import asyncio
import logging
from typing import Any, Final

from streams.alerts.templates.format import BodyFormat
from streams.config.channels import AppriseService
from streams.deliver.channels.message import Notification
from streams.deliver.channels.result import ACCEPTED, SendResult, SendStatus

TOTAL_SECONDS: Final = 60.0
"""Time limit for one message, for which apprise may make several requests."""


class AppriseSender:
    """Sends through one URL of apprise, which is parsed when the first message is sent.

    Args:
        channel: The channel in ``channels.toml``.
    """

    formats = (BodyFormat.MARKDOWN,)

    def __init__(self, channel: AppriseService) -> None:
        self._url = channel.url
        self._service: Any = None

    async def send(self, message: Notification) -> SendResult:
        """Send a message; apprise reports only whether it succeeded."""
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                service = await asyncio.to_thread(self._open)
                if not service:
                    return SendResult(
                        verdict=SendStatus.RETRY, detail="apprise does not support this URL"
                    )
                sent = await service.async_notify(
                    body=message.bodies[BodyFormat.MARKDOWN],
                    title=message.title,
                    body_format="markdown",
                )
        except TimeoutError:
            return SendResult(verdict=SendStatus.RETRY, detail="apprise did not finish in 60 s")
        except Exception as error:  # noqa: BLE001  # a hundred plugins; their texts may hold the URL
            return SendResult(
                verdict=SendStatus.RETRY, detail=f"apprise failed: {type(error).__name__}"
            )
        if sent:
            return ACCEPTED
        return SendResult(verdict=SendStatus.RETRY, detail="apprise could not deliver")

    def _open(self) -> Any:
        if self._service is None:
            import apprise  # noqa: PLC0415  # 30 MB that few need

            # Its log shows URLs, which contain tokens.
            logging.getLogger("apprise").setLevel(logging.CRITICAL)
            self._service = apprise.Apprise()
            self._service.add(self._url.get_secret_value())
        return self._service
