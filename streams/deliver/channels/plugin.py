"""Send through channels of other packages: entry points of the group `news_streams.channels`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Protocol

import aiohttp

from streams.alerts.templates.format import BodyFormat
from streams.config.channels import Plugin
from streams.deliver.channels.message import Notification, mask_secrets
from streams.deliver.channels.result import SendResult, SendStatus
from streams.deliver.channels.webhook import post

TOTAL_SECONDS: Final = 60.0
"""Time limit for one message, the same as for apprise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelContext:
    """What a channel gets besides its options.

    Attributes:
        label: Its name in ``channels.toml``, for messages.
        session: Resolves names to public addresses, and to hosts that the operator allows. It
            does not check a host that is itself an address, nor redirects: `post` does.
        private_hosts: Hosts that the operator allows.
    """

    label: str
    session: aiohttp.ClientSession = field(repr=False)
    private_hosts: frozenset[str] = frozenset()

    async def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> SendResult:
        """Send one request, and return a result by the status of its response, as for a webhook.

        Private addresses are refused unless ``allow_private_hosts`` contains them, redirects are
        not followed, the response is bounded in time and size, and no detail shows the address.

        Args:
            address: URL to send to.
            body: Body of the request, unchanged.
            headers: Headers of the request, unchanged.
        """
        return await post(
            self.session,
            address,
            body=body,
            headers=headers,
            private_hosts=self.private_hosts,
            now=datetime.now(UTC),
        )


class ChannelPlugin(Protocol):
    """Interface of the class that the entry point of a channel names.

    Attributes:
        Options: A dataclass or `msgspec.Struct`: the keys of the channel's table in
            ``channels.toml`` with their types. One has the name of the entry point. A field
            of type `pydantic.SecretStr` is never shown.
        formats: Formats of the body that it needs; may be empty.
    """

    Options: ClassVar[type]
    formats: ClassVar[tuple[BodyFormat, ...]]

    def __init__(self, options: Any, context: ChannelContext) -> None:
        """Store the options; open no connection yet."""

    async def send(self, message: Notification) -> SendResult:
        """Try once, and return the result.

        Returns:
            `ACCEPTED`; or a result whose verdict is ``RETRY`` (not now), ``REFUSED`` (never this
            message) or ``GONE`` (never any message: the search is no longer delivered there).
            An exception, and more than 60 s, count as ``RETRY``.
        """
        ...


def formats_of(kind: Plugin) -> tuple[BodyFormat, ...]:
    """Return the formats that a channel needs; unknown ones are left out."""
    formats = getattr(kind.factory, "formats", ())
    return tuple(format_ for format_ in formats if isinstance(format_, BodyFormat))


class PluginSender:
    """Sends through a channel of another package; every failure is returned as a result.

    Args:
        kind: The channel in ``channels.toml``.
        context: Context of the channel.
        seconds: Time limit for one message.
    """

    def __init__(
        self, kind: Plugin, context: ChannelContext, *, seconds: float = TOTAL_SECONDS
    ) -> None:
        self._kind = kind
        self._context = context
        self._seconds = seconds
        self._channel: ChannelPlugin | None = None
        self.formats = formats_of(kind)

    async def send(self, message: Notification) -> SendResult:
        """Send through the other package; secrets of the table are masked in its texts."""
        try:
            async with asyncio.timeout(self._seconds):
                if self._channel is None:
                    self._channel = self._kind.factory(self._kind.options, self._context)
                answer: object = await self._channel.send(message)
        except TimeoutError:
            return self._retry(f"did not finish in {self._seconds:g} s")
        except Exception as error:  # noqa: BLE001  # another package's code; may show secrets
            return self._retry(
                f"failed: {type(error).__name__} {getattr(error, 'strerror', None) or ''}"
            )
        if not isinstance(answer, SendResult):
            return self._retry(f"returned {type(answer).__name__}, not a SendResult")
        detail = mask_secrets(answer.detail, *self._kind.secrets)
        return SendResult(verdict=answer.verdict, detail=detail, wait=answer.wait)

    def _retry(self, problem: str) -> SendResult:
        detail = mask_secrets(f"{self._kind.package} {problem}", *self._kind.secrets)
        return SendResult(verdict=SendStatus.RETRY, detail=detail)
