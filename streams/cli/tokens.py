"""``streams tokens``: access to the HTTP server."""

from datetime import UTC, datetime
from typing import Annotated

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonLines, JsonObject
from streams.cli._output.console import err, out
from streams.config.tokens_file import add_token, read_tokens, remove_token, set_publishers
from streams.settings import load_settings

app = typer.Typer(help="Manage access tokens for `streams serve`.", no_args_is_help=True)
TokenNameArgument = Annotated[
    str,
    typer.Argument(metavar="NAME", help="Name of the token: a-z, 0-9, dot, hyphen, underscore."),
]
SpeaksFor = Annotated[
    list[str] | None,
    typer.Option(
        "--speaks-for",
        help="Domain whose publisher the holder may speak for with scope push, or '*'; repeatable.",
    ),
]
DEFAULT_SCOPES = ["push", "alerts"]


@app.command()
def add(
    name: TokenNameArgument,
    *,
    scopes: Annotated[
        list[str],
        typer.Option("--scope", help="push, alerts or admin; repeatable."),
    ] = DEFAULT_SCOPES,
    speaks_for: SpeaksFor = None,
    json_: JsonObject = False,
) -> None:
    """Create a token and show it once; it is valid immediately.

    Only the SHA-256 of the token is stored. Articles that it pushes are claims (`claimed_by`),
    which `domain:` does not match, unless it may speak for their publishers.

    **Examples:**

    - `streams tokens add wire --scope push --speaks-for wire.example`
    - `streams tokens add desk --scope alerts`
    - `TOKEN=$(streams tokens add me)`
    """
    path = load_settings().tokens_file
    secret, token = add_token(
        path, name, scopes, created=datetime.now(UTC), speaks_for=speaks_for or ()
    )
    if json_:
        shown = {"name": token.name, "token": secret, "scopes": list(token.scopes)}
        typer.echo(orjson.dumps(shown))
        return
    typer.echo(secret)
    err.print(
        f"{token.name}: scope {', '.join(token.scopes)}; save the token now, it is shown only once",
        highlight=False,
        style="dim",
    )


@app.command()
def trust(
    name: TokenNameArgument,
    *,
    speaks_for: SpeaksFor = None,
) -> None:
    """Set for which publishers the holder of a token may speak; without a domain, for none.

    **Examples:**

    - `streams tokens trust wire --speaks-for wire.example`
    - `streams tokens trust importer --speaks-for '*'`
    """
    token = set_publishers(load_settings().tokens_file, name, speaks_for or ())
    typer.echo(f"{name}: speaks for {', '.join(token.speaks_for) or 'no publisher'}")


@app.command("list")
def list_(*, json_: JsonLines = False) -> None:
    """List tokens with scopes and creation times (secrets are never shown).

    **Examples:**

    - `streams tokens list`
    - `streams tokens list --json`
    """
    tokens = read_tokens(load_settings().tokens_file)
    if json_:
        for token in tokens:
            shown = {
                "name": token.name,
                "scopes": list(token.scopes),
                "created": token.created,
                "search": token.search,
                "speaks_for": list(token.speaks_for),
            }
            typer.echo(orjson.dumps(shown))
        return
    table = Table("name", "scopes", "created", "speaks for", "feed of search")
    for token in tokens:
        created = f"{token.created:%Y-%m-%d %H:%M}"
        table.add_row(
            token.name, ", ".join(token.scopes), created, ", ".join(token.publishers), token.search
        )
    out.print(table)


@app.command()
def remove(name: TokenNameArgument) -> None:
    """Revoke a token immediately; its saved searches are kept.

    **Examples:**

    - `streams tokens remove wire`
    """
    remove_token(load_settings().tokens_file, name)
    typer.echo(f"removed {name}")
