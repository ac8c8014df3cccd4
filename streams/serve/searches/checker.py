"""Check searches of requests: a turn for each token, templates in a process of their own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Final

from streams.alerts.templates.process import TemplateProcess
from streams.config.channels import Channels
from streams.config.watched_file import WatchedFile
from streams.records import Subscription
from streams.serve.problems import try_again
from streams.serve.searches.form import SearchForm, build_subscription
from streams.serve.shares import Shares, ShareSpentError

CHECKS_OF_TOKEN: Final = 2
"""Searches of one token that are checked or wait for it: a costly template takes its second."""

MAX_CHECKS: Final = 100
"""Searches of all tokens that are checked or wait for it."""

RETRY_SECONDS: Final = 1


class SearchChecker:
    """Checks the searches of requests.

    Args:
        channels: Channels of ``channels.toml``.
    """

    def __init__(self, channels: WatchedFile[Channels]) -> None:
        self._channels = channels
        self._templates = TemplateProcess()
        self._turns = Shares(of_token=CHECKS_OF_TOKEN, total=MAX_CHECKS)
        # One thread: the template process has one request at a time, and who waits for it must
        # not occupy the threads of others.
        self._thread = ThreadPoolExecutor(1, "searches")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """End the process of the templates at the end of the body."""
        try:
            yield
        finally:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._templates.close)
            self._thread.shutdown()

    @contextmanager
    def turn(self, token: str) -> Iterator[None]:
        """Count a check of a token while the body runs.

        Raises:
            ProblemDetailsException: 429 if it has too many in progress.
        """
        try:
            with self._turns.taken(token):
                yield
        except ShareSpentError:
            detail = f"token {token} has {CHECKS_OF_TOKEN} searches in progress; retry"
            raise try_again(429, detail, seconds=RETRY_SECONDS) from None

    async def build(
        self, form: SearchForm, *, id_: str, owner: str, before: Subscription | None
    ) -> Subscription:
        """Return the subscription of a form, see `build_subscription`.

        Raises:
            ProblemDetailsException: 400 if a field is invalid; it names the field.
        """
        self._channels.refresh()
        build = partial(
            build_subscription,
            form,
            id_=id_,
            owner=owner,
            channels=self._channels.value,
            before=before,
            created=datetime.now(UTC),
            templates=self._templates,
        )
        return await asyncio.get_running_loop().run_in_executor(self._thread, build)
