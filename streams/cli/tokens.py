"""``streams tokens``: who may use the HTTP server."""

from datetime import UTC, datetime
from typing import Annotated

import typer

app = typer.Typer(help="Make and remove tokens for `streams serve`.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Whose it is: a-z, 0-9, dot, hyphen, underscore.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
USUAL = ["push", "alerts"]
"""What a token may do unless it is said."""


@app.command()
def add(
    name: Name,
    *,
    scopes: Annotated[
        list[str],
        typer.Option("--scope", help="push, alerts or admin; give it again for more."),
    ] = USUAL,
    json_: Json = False,
) -> None:
    """Make a token and show it, once: only its SHA-256 is kept. In force at once.

    **Examples:** `streams tokens add wire --scope push`, `streams tokens add desk --scope alerts`,
    `TOKEN=$(streams tokens add me)`
    """
    import orjson  # noqa: PLC0415  # start fast

    from streams.cli.context import err  # noqa: PLC0415
    from streams.config.tokens_file import add_token  # noqa: PLC0415
    from streams.settings import load_settings  # noqa: PLC0415

    path = load_settings().tokens_file
    secret, token = add_token(path, name, scopes, created=datetime.now(UTC))
    if json_:
        shown = {"name": token.name, "token": secret, "scopes": list(token.scopes)}
        typer.echo(orjson.dumps(shown))
        return
    typer.echo(secret)
    err.print(
        f"{token.name} may {', '.join(token.scopes)}. Keep it now: it is shown this once.",
        highlight=False,
        style="dim",
    )


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List the tokens, never themselves: names, what they may, since when.

    **Examples:** `streams tokens list`, `streams tokens list --json`
    """
    import orjson  # noqa: PLC0415  # start fast
    from rich.table import Table  # noqa: PLC0415

    from streams.cli.context import out  # noqa: PLC0415
    from streams.config.tokens_file import read_tokens  # noqa: PLC0415
    from streams.settings import load_settings  # noqa: PLC0415

    tokens = read_tokens(load_settings().tokens_file)
    if json_:
        for token in tokens:
            shown = {
                "name": token.name,
                "scopes": list(token.scopes),
                "created": token.created,
                "search": token.search,
            }
            typer.echo(orjson.dumps(shown))
        return
    table = Table("name", "may", "made", "feed of")
    for token in tokens:
        made = f"{token.created:%Y-%m-%d %H:%M}"
        table.add_row(token.name, ", ".join(token.scopes), made, token.search)
    out.print(table)


@app.command()
def remove(name: Name) -> None:
    """Remove a token: the next request with it is refused. Its searches stay.

    **Example:** `streams tokens remove wire`
    """
    from streams.config.tokens_file import remove_token  # noqa: PLC0415  # start fast
    from streams.settings import load_settings  # noqa: PLC0415

    remove_token(load_settings().tokens_file, name)
    typer.echo(f"removed {name}")
