"""The message at the start of the server."""

from datetime import UTC, datetime
from pathlib import Path

from rich.text import Text

from streams.cli.serve import welcome
from streams.config.tokens_file import add_token
from streams.settings import Settings


def test_welcome_without_token_shows_how_to_create_one(tmp_path: Path) -> None:
    shown = Text.from_markup(welcome(Settings(data=tmp_path), "http://127.0.0.1:8080")).plain

    assert "http://127.0.0.1:8080" in shown
    assert "none yet" in shown
    assert "TOKEN=$(streams tokens add me)" in shown


def test_welcome_has_request_to_copy(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    secret, _ = add_token(settings.tokens_file, "wire", ["push"], created=datetime.now(UTC))

    shown = Text.from_markup(welcome(settings, "http://127.0.0.1:8080")).plain

    assert "tokens: wire" in shown
    assert (
        'curl http://127.0.0.1:8080/v1/articles -H "Authorization: Bearer $TOKEN" '
        '--json \'{"title": "Rain", "text": "It rained."}\'' in shown
    )
    assert secret not in shown
