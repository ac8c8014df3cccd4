"""``streams feeds edit``: change fields of a feed in the file."""

from typing import Annotated

import typer

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
    require_no_user_name,
)
from streams.config.feeds import FeedValue
from streams.config.feeds_file import edit_feeds
from streams.errors import UsageError


def edit(
    feed: Annotated[str, typer.Argument(metavar="ID|URL", help="Id or URL of the feed, exactly.")],
    file: FeedsFileOption = None,
    *,
    url: Annotated[str | None, typer.Option(help="New URL of the feed; its id is kept.")] = None,
    id_: FeedArgument = None,
    text: Text = None,
    min_minutes: MinMinutes = None,
    max_minutes: MaxMinutes = None,
    login: LoginKind = None,
    login_user: LoginUser = None,
    login_header: LoginHeader = None,
    secret: SecretOption = None,
    no_login: Annotated[
        bool, typer.Option("--no-login", help="Remove the login; the feed is public.")
    ] = False,
) -> None:
    """Change fields of a feed in the file; comments and formatting are kept.

    A running pipeline uses the new values within seconds. A new `--id` starts a new state: entries
    that the feed still lists are sent again, and recognized as unchanged by their URLs.

    **Examples:**

    - `streams feeds edit news.example-rss --min-minutes 30 --text page`
    - `streams feeds edit news.example-rss --url https://news.example/feed`
    - `streams feeds edit paid.example-rss --login cookie --secret file:/run/secrets/paid`
    """
    if url is not None:
        require_no_user_name(url)
    values: dict[str, FeedValue | None] = dict(
        given_values(
            url=url,
            id=id_,
            text=text,
            min_minutes=min_minutes,
            max_minutes=max_minutes,
            login=login,
            login_user=login_user,
            login_header=login_header,
            secret=secret,
        )
    )
    if no_login:
        values |= dict.fromkeys(("login", "login_user", "login_header", "secret"))
    elif login is not None:
        # A login of another kind leaves nothing of the former one behind.
        values = {"login_user": None, "login_header": None, **values}
    if not values:
        raise UsageError(
            "nothing to change: give --url, --id, --text, --min-minutes, --max-minutes, --login or "
            "--no-login"
        )
    changed = edit_feeds(feeds_file(file), [feed], values)
    for name in changed:
        typer.echo(f"changed {name}")
    if not changed:
        typer.echo(f"{feed}: has these values already")
