"""The file of feeds that a command reads or changes, and its options."""

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from streams.config.feeds import (
    REMEDIES,
    FeedName,
    FeedValue,
    HeaderName,
    Login,
    SecretPlace,
    TextFrom,
    UserName,
    WebUrl,
    has_user_name,
)
from streams.config.feeds_file import FEEDS_FILE
from streams.config.opml import shown
from streams.errors import UsageError
from streams.settings import load_settings
from streams.text.plural import plural

FIELD_TYPES: Final = {
    "id": FeedName,
    "url": WebUrl,
    "login_user": UserName,
    "login_header": HeaderName,
    "secret": SecretPlace,
}
"""Types of the fields whose values are checked before the file is opened."""

FeedsFileOption = Annotated[
    Path | None,
    typer.Option(
        "--feeds", metavar="FILE", help="File of feeds (default: NEWS_FEEDS, or feeds.toml)."
    ),
]

FeedArguments = Annotated[
    list[str], typer.Argument(metavar="ID|URL", help="Ids or URLs of feeds, exactly.")
]

FeedArgument = Annotated[
    str | None,
    typer.Option("--id", help="Permanent id, also the source of the feed's articles."),
]

Text = Annotated[TextFrom | None, typer.Option(help="Where the text of articles is taken from.")]

MinMinutes = Annotated[
    float | None,
    typer.Option(min=1, max=10_080, help="Shortest time between two polls, in minutes."),
]

MaxMinutes = Annotated[
    float | None,
    typer.Option(min=1, max=10_080, help="Longest time between two polls, in minutes."),
]


LoginKind = Annotated[
    Login | None, typer.Option(help="Kind of login; the secret is sent to the feed's origin only.")
]

LoginUser = Annotated[str | None, typer.Option(help="User name of `--login basic`.")]

LoginHeader = Annotated[
    str | None, typer.Option(help="Name of the header of `--login header`, such as X-Api-Key.")
]

SecretOption = Annotated[
    str | None,
    typer.Option(
        metavar="env:NAME|file:PATH",
        help="Where the password, header or cookie is: an environment variable or a file.",
    ),
]


def feeds_file(file: Path | None) -> Path:
    """Return the file of feeds: as given, else as in the settings, else `FEEDS_FILE`."""
    return file or load_settings().feeds or FEEDS_FILE


def print_added(file: Path, n_added: int, n_feeds: int) -> None:
    """Print how many feeds were added to a file."""
    typer.echo(f"{file}: added {n_added}, now {plural(n_feeds, 'feed')}")


def given_values(**options: FeedValue | None) -> dict[str, FeedValue]:
    """Return the fields of a feed that were given as options.

    Raises:
        UsageError: If an id or URL is invalid.

    Examples:
        >>> given_values(id="bbc", min_minutes=10.0, max_minutes=None)
        {'id': 'bbc', 'min_minutes': 10.0}
    """
    given = {name: value for name, value in options.items() if value is not None}
    for name, type_ in FIELD_TYPES.items():
        if name in given:
            _require_valid(name, given[name], type_)
    return given


def require_no_user_name(url: str) -> None:
    """Refuse a URL that contains a user name.

    Raises:
        UsageError: If it does; the message does not contain user name and password.
    """
    if has_user_name(url):
        remedy = "give --login basic, --login-user and --secret instead of a user name in the URL"
        raise UsageError(f"{shown(url)}: {remedy}")


def require_web_url(url: str) -> None:
    """Refuse an argument that is not an http or https URL, or that contains a user name.

    Raises:
        UsageError: If it is or does; the message does not contain user name and password.

    Examples:
        >>> require_web_url("news.example/rss")
        Traceback (most recent call last):
        streams.errors.UsageError: news.example/rss: give an address that begins with http:// or \
https://
    """
    require_no_user_name(url)
    try:
        msgspec.convert(url, WebUrl)
    except msgspec.ValidationError:
        given = shown(url) if "//" in url else shown(f"//{url}").removeprefix("//")
        raise UsageError(f"{given}: {REMEDIES['url']}") from None


def _require_valid(name: str, value: FeedValue, type_: Any) -> None:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        # A secret that is given by mistake must not reach a log.
        given = "" if name == "secret" else f" {value}"
        raise UsageError(f"--{name.replace('_', '-')}{given}: {REMEDIES[name]}") from None
