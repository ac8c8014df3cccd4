"""``streams feeds add``: add feeds to the file."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
import typer

from streams.cli._output.console import printable
from streams.cli.feeds._files import (
    FeedArgument,
    FeedsFileOption,
    LoginHeader,
    LoginKind,
    LoginUser,
    MaxMinutes,
    MinMinutes,
    SecretOption,
    Text,
    feeds_file,
    given_values,
    print_added,
    require_web_url,
)
from streams.config.feeds import FeedEntry, FeedFile, FeedValue, login_problem
from streams.config.feeds_file import add_feeds, load_feeds
from streams.errors import UsageError
from streams.fetch.fetcher import fetcher
from streams.sources.feeds.discover import CheckedFeed, find_feed
from streams.sources.feeds.login import read_credentials
from streams.text.plural import plural


def add(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="URL of a feed, or of a page that links to it.")
    ],
    more: Annotated[list[str] | None, typer.Argument(metavar="URL", help="More such URLs.")] = None,
    file: FeedsFileOption = None,
    *,
    id_: FeedArgument = None,
    text: Text = None,
    min_minutes: MinMinutes = None,
    max_minutes: MaxMinutes = None,
    login: LoginKind = None,
    login_user: LoginUser = None,
    login_header: LoginHeader = None,
    secret: SecretOption = None,
    paused: Annotated[
        bool, typer.Option("--paused", help="Poll only after `streams feeds resume`.")
    ] = False,
    unseen: Annotated[bool, typer.Option("--unseen", help="Skip validation.")] = False,
) -> None:
    """Add feeds by their URLs, or by the URLs of pages that link to them.

    Each feed is fetched and described. Feeds of comments, and feeds that do not answer, are left
    out. The options apply to every feed that is added. URLs without a feed are reported, and the
    others are added (exit code 2).

    **Examples:**

    - `streams feeds add https://news.example/rss`
    - `streams feeds add https://news.example/ https://other.example/ --min-minutes 15`
    - `streams feeds add https://news.example/rss --id example --text page`
    - `streams feeds add https://a.example/rss --login basic --login-user desk --secret env:PAID`
    """
    file = feeds_file(file)
    urls = list(dict.fromkeys((url, *(more or ()))))
    if id_ is not None and len(urls) > 1:
        raise UsageError(f"--id {id_}: give one URL with it; each feed has its own id")
    for each in urls:
        require_web_url(each)
    values = given_values(
        id=id_,
        text=text,
        min_minutes=min_minutes,
        max_minutes=max_minutes,
        login=login,
        login_user=login_user,
        login_header=login_header,
        secret=secret,
    )
    logins = [feed_with_login(each, values) for each in urls]
    if paused:
        values["paused"] = True
    problems: list[str] = []
    if not unseen:
        found, problems = asyncio.run(find_feeds(logins, load_feeds(file, missing_ok=True)))
        for each in found:
            typer.echo(printable(describe_feed(each)))
        urls = [each.url for each in found]
    if urls:
        print_added(file, *add_feeds(file, urls, values=values))
    if problems:
        raise UsageError("\n".join(problems))


def describe_feed(checked: CheckedFeed) -> str:
    """Return what a feed has, in one line: URL, title, format, entries and their newest time."""
    entries = checked.feed.entries
    times = [entry.time for entry in entries if entry.time]
    latest = f", latest {max(times):%Y-%m-%d %H:%M}" if times else ""
    title = f"{checked.feed.title}, " if checked.feed.title else ""
    counted = plural(len(entries), "entry", "entries")
    return f"{checked.url}: {title}{checked.feed.format}, {counted}{latest}"


def feed_with_login(url: str, values: Mapping[str, FeedValue]) -> FeedEntry:
    """Return a feed with its login only.

    Raises:
        UsageError: If a part of the login is missing.
    """
    names = ("login", "login_user", "login_header", "secret")
    feed = msgspec.convert(
        {"url": url, **{name: values[name] for name in names if name in values}}, FeedEntry
    )
    if problem := login_problem(feed):
        raise UsageError(problem)
    return feed


async def find_feeds(
    feeds: Sequence[FeedEntry], file: FeedFile
) -> tuple[list[CheckedFeed], list[str]]:
    """Find the feed at each URL.

    Returns:
        The feeds, and a sentence for each URL without a feed.
    """
    async with fetcher(contact=file.contact) as fetch:
        found = await asyncio.gather(
            *(
                find_feed(
                    fetch.allowing(file.private_hubs_of(feed)),
                    feed.url,
                    credentials=read_credentials(feed),
                )
                for feed in feeds
            ),
            return_exceptions=True,
        )
    for result in found:
        if isinstance(result, BaseException) and not isinstance(result, UsageError):
            raise result
    checked = [result for result in found if isinstance(result, CheckedFeed)]
    return checked, [str(result) for result in found if isinstance(result, UsageError)]
