"""What a person sees who starts the server."""

from datetime import UTC, datetime
from pathlib import Path

from rich.text import Text

from streams.cli.serve_run import welcome
from streams.config.tokens_file import add_token
from streams.settings import Settings


def test_welcome_says_how_to_make_a_token_when_there_is_none(tmp_path: Path) -> None:
    shown = Text.from_markup(welcome(Settings(data=tmp_path), "http://127.0.0.1:8080")).plain

    assert "http://127.0.0.1:8080" in shown
    assert "none yet" in shown
    assert "TOKEN=$(streams tokens add me)" in shown


def test_welcome_has_a_line_that_can_be_typed(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    secret, _ = add_token(settings.tokens_file, "wire", ["push"], created=datetime.now(UTC))

    shown = Text.from_markup(welcome(settings, "http://127.0.0.1:8080")).plain

    assert "tokens: wire" in shown
    assert (
        'curl http://127.0.0.1:8080/v1/articles -H "Authorization: Bearer $TOKEN" '
        '--json \'{"title": "Rain", "text": "It rained."}\'' in shown
    )
    assert secret not in shown
