"""Send to all other services that apprise supports, by the URLs of the operator's file."""

import asyncio
import logging
import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from streams.alerts.templates.format import BodyFormat, without_mentions
from streams.config.channels import AppriseService
from streams.deliver.channels.message import Notification
from streams.deliver.channels.parts import MAX_PARTS, ONE_PART_BELOW, first_part, shorten, text_size
from streams.deliver.channels.result import ACCEPTED, SendResult, SendStatus, result_of_status

TOTAL_SECONDS: Final = 60.0
"""Time limit for one attempt, in which apprise may make several requests."""

UNEXPLAINED: Final = timedelta(minutes=30)
"""How long a failure without a known cause is retried: a chat that answers 200 with an error in
its body refuses the same message again, and the messages behind it wait. This project's choice."""

HTML_SHARE: Final = 0.75
"""Share of a service's limit that Markdown may take where apprise turns it into HTML, which is
longer; apprise splits what is still too long."""

TOO_LARGE: Final = frozenset({400, 413, 422})
"""Statuses with which chats refuse a message for its length (Mattermost, Discord and Telegram: 400;
RFC 9110: 413 and 422)."""

SMALLEST_PART: Final = 500
"""Below this size in characters a refusal is not blamed on the length."""

REMEMBERED: Final = 100
"""Number of partly sent messages that are remembered, so that no part is sent twice."""

_STATUS = re.compile(r"\berror\s*[=:]\s*(\d{3})\b")
"""How the plugins of apprise log the status of a response: "… error=400."."""

_CONNECTION = re.compile(r"connection error|time[d ]*out|socket", re.IGNORECASE)


@dataclass(slots=True)
class _Remaining:
    """What is still to be sent of a message."""

    text: str
    n_sent: int = 0


class AppriseSender:
    """Sends through one URL of apprise, which is parsed when the first message is sent.

    A message longer than its service accepts is sent in parts, cut between alerts where possible.
    A failed message continues with the part that failed, while this process lives.

    Args:
        channel: The channel in ``channels.toml``.
    """

    formats = (BodyFormat.MARKDOWN,)

    def __init__(self, channel: AppriseService) -> None:
        self._url = channel.url
        self._service: Any = None
        self._limit = 0
        self._unfinished: OrderedDict[str, _Remaining] = OrderedDict()

    async def send(self, message: Notification) -> SendResult:
        """Send a message, in parts if necessary."""
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                service = await asyncio.to_thread(self._open)
                if not service:
                    return _retry("apprise does not support this URL")
                return await self._send_parts(message)
        except TimeoutError:
            return _retry("apprise did not finish in 60 s")
        except Exception as error:  # noqa: BLE001  # a hundred plugins; their texts may hold the URL
            return _retry(f"apprise failed: {type(error).__name__}", within=UNEXPLAINED)

    async def _send_parts(self, message: Notification) -> SendResult:
        new = _Remaining(message.bodies[BodyFormat.MARKDOWN].strip())
        remaining = self._unfinished.setdefault(message.id, new)
        while len(self._unfinished) > REMEMBERED:
            self._unfinished.popitem(last=False)
        while remaining.text or not remaining.n_sent:
            title = (
                f"{message.title} ({remaining.n_sent + 1})" if remaining.n_sent else message.title
            )
            title = without_mentions(title)
            limit = self._part_limit(title)
            part, rest = first_part(remaining.text, limit)
            if rest and (self._limit < ONE_PART_BELOW or remaining.n_sent + 1 >= MAX_PARTS):
                part, rest = shorten(remaining.text, limit), ""
            result, status = await self._send_part(title, part)
            if status in TOO_LARGE and text_size(part) > SMALLEST_PART:
                # The service accepts less than apprise says, such as a chat server of one's own.
                self._limit = max(SMALLEST_PART, text_size(part) // 2)
                continue
            if result.verdict is not SendStatus.ACCEPTED:
                if result.verdict is not SendStatus.RETRY:
                    self._unfinished.pop(message.id, None)
                return result
            remaining.text, remaining.n_sent = rest, remaining.n_sent + 1
        self._unfinished.pop(message.id, None)
        return ACCEPTED

    async def _send_part(self, title: str, part: str) -> tuple[SendResult, int]:
        """Send one part; return the result, and the status of the response, 0 if unknown."""
        sent = await self._service.async_notify(body=part, title=title, body_format="markdown")
        if sent:
            return ACCEPTED, 0
        return _result_of_log([str(entry) for entry in _entries(sent)], now=datetime.now(UTC))

    def _part_limit(self, title: str) -> int:
        """Return the largest size of the next part: some services put the title into the text."""
        plugin = self._service[0]
        share = HTML_SHARE if str(getattr(plugin, "notify_format", "")).endswith("html") else 1.0
        in_text = text_size(title) + 4 if getattr(plugin, "title_maxlen", 0) <= 0 else 0
        return max(int(self._limit * share) - in_text, self._limit // 2, 1)

    def _open(self) -> Any:
        if self._service is None:
            import apprise  # noqa: PLC0415  # 30 MB that few need

            # Its log shows URLs, which contain tokens; results hold the log of their call.
            log = logging.getLogger("apprise")
            log.propagate = False
            log.setLevel(logging.WARNING)
            log.handlers = [logging.NullHandler()]
            service = apprise.Apprise()
            service.add(self._url.get_secret_value())
            for plugin in service:
                # Without `overflow=` in the URL, apprise would send what is too long as it is.
                if plugin.overflow_mode == apprise.OverflowMode.UPSTREAM:
                    plugin.overflow_mode = apprise.OverflowMode.SPLIT
            if service:
                self._limit = int(service[0].body_maxlen)
            self._service = service
        return self._service


def _entries(result: Any) -> list[Any]:
    """Return the log of one call, which apprise 2 returns; older versions return only False."""
    logs = getattr(result, "logs", None)
    return [getattr(entry, "message", entry) for entry in logs()] if callable(logs) else []


def _result_of_log(lines: list[str], *, now: datetime) -> tuple[SendResult, int]:
    """Return the result of a failed call, and the status; the log's texts may hold secrets."""
    statuses = [int(found[1]) for line in lines for found in _STATUS.finditer(line)]
    if statuses:
        result = result_of_status(statuses[-1], now=now)
        if result.verdict is SendStatus.GONE:  # of a chat's API: another channel may still exist
            result = SendResult(verdict=SendStatus.REFUSED, detail=result.detail)
        if result.verdict is not SendStatus.ACCEPTED:
            return result, statuses[-1]
    if any(_CONNECTION.search(line) for line in lines):
        return _retry("apprise could not connect"), 0
    return _retry("apprise could not deliver", within=UNEXPLAINED), 0


def _retry(detail: str, *, within: timedelta | None = None) -> SendResult:
    return SendResult(verdict=SendStatus.RETRY, detail=detail, within=within)
