"""Channels of other packages: entry points of the group `news_streams.channels`."""

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
"""Of one message, as of apprise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelContext:
    """What a channel is given beside its options.

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
        """Send one request, and judge the answer by its status, as of a webhook.

        Private addresses are refused unless ``allow_private_hosts`` has them, redirects are
        not followed, the answer is bounded in time and size, and no detail shows the address.

        Args:
            address: Where to.
            body: As it is.
            headers: As they are.
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
    """What the entry point of a channel is: a class.

    Attributes:
        Options: A dataclass or `msgspec.Struct`: the keys of the channel's table in
            ``channels.toml`` with their types. One has the name of the entry point. A field
            of type `pydantic.SecretStr` is shown nowhere.
        formats: In which it wants the body; may be empty.
    """

    Options: ClassVar[type]
    formats: ClassVar[tuple[BodyFormat, ...]]

    def __init__(self, options: Any, context: ChannelContext) -> None:
        """Keep the options; connect to nothing yet."""

    async def send(self, message: Notification) -> SendResult:
        """Try once, and say what came of it.

        Returns:
            `ACCEPTED`; or an answer whose verdict is ``RETRY`` (not now), ``REFUSED`` (never this
            message) or ``GONE`` (never any message: the search is not delivered there any more).
            An exception, and more than 60 s, count as ``RETRY``.
        """
        ...


def formats_of(kind: Plugin) -> tuple[BodyFormat, ...]:
    """Give the formats that a channel wants; unknown ones are left out."""
    formats = getattr(kind.factory, "formats", ())
    return tuple(one for one in formats if isinstance(one, BodyFormat))


class PluginSender:
    """Sends through a channel of another package; whatever it does is an answer."""

    def __init__(
        self, kind: Plugin, context: ChannelContext, *, seconds: float = TOTAL_SECONDS
    ) -> None:
        """Send as a channel says.

        Args:
            kind: From ``channels.toml``.
            context: For the channel.
            seconds: A message may take at most.
        """
        self._kind = kind
        self._context = context
        self._seconds = seconds
        self._channel: ChannelPlugin | None = None
        self.formats = formats_of(kind)

    async def send(self, message: Notification) -> SendResult:
        """Let the package send it; its own texts are shown without the secrets of the table."""
        try:
            async with asyncio.timeout(self._seconds):
                if self._channel is None:
                    self._channel = self._kind.factory(self._kind.options, self._context)
                answer: object = await self._channel.send(message)
        except TimeoutError:
            return self._retry(f"did not end in {self._seconds:g} s")
        except Exception as error:  # noqa: BLE001  # a stranger's code; its texts may hold secrets
            return self._retry(
                f"failed: {type(error).__name__} {getattr(error, 'strerror', None) or ''}"
            )
        if not isinstance(answer, SendResult):
            return self._retry(f"returned {type(answer).__name__}, not an Answer")
        detail = mask_secrets(answer.detail, *self._kind.secrets)
        return SendResult(verdict=answer.verdict, detail=detail, wait=answer.wait)

    def _retry(self, what: str) -> SendResult:
        detail = mask_secrets(f"{self._kind.package} {what}", *self._kind.secrets)
        return SendResult(verdict=SendStatus.RETRY, detail=detail)
