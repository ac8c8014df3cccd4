"""Channels of another package: sound ones, and each way to be none."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import SecretStr

from streams.alerts.templates.format import BodyFormat
from streams.deliver.channels.message import Notification
from streams.deliver.channels.plugin import ChannelContext
from streams.deliver.channels.result import ACCEPTED, SendResult, SendStatus


@dataclass(frozen=True, kw_only=True)
class PagerOptions:
    """Keys of a table with ``pager``."""

    pager: str
    token: SecretStr
    port: int = 80
    level: Literal["low", "high"] = "low"


class Pager:
    """Does as its address says."""

    Options = PagerOptions
    formats = (BodyFormat.TEXT,)

    def __init__(self, options: PagerOptions, context: ChannelContext) -> None:
        """Keep both."""
        self.options = options
        self.context = context

    async def send(self, message: Notification) -> Any:
        """Answer as the address says."""
        token = self.options.token.get_secret_value()
        match self.options.pager.split(" "):
            case ["accept"]:
                return ACCEPTED
            case ["post", address]:
                return await self.context.post(
                    address, message.bodies[BodyFormat.TEXT].encode(), {}
                )
            case ["say"]:
                return SendResult(verdict=SendStatus.REFUSED, detail=f"no such token: {token}")
            case ["raise"]:
                raise ValueError(f"bad token {token}")
            case ["deny"]:
                raise PermissionError(13, "Permission denied")
            case ["hang"]:
                await asyncio.sleep(60)
        return None


class NoOptions:
    """A channel without a class of options."""

    async def send(self, message: Notification) -> SendResult:
        """Never asked."""
