from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from streams.cli.settings import app
from streams.errors import SettingsError
from streams.settings import Settings

PASSWORD = "correct horse"  # noqa: S105  # no real one


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings from a file and from the environment."""
    file = tmp_path / "news-streams.toml"
    file.write_text(f'window = 7\nsasl_password = "{PASSWORD}"\n')
    return {"NEWS_CONFIG": str(file), "NEWS_BROKER": "kafka:9092", "NEWS_DATA": str(tmp_path)}


def test_list_shows_value_origin_and_default(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(app, ["list", "--json"], env=environment)

    rows = {row["setting"]: row for row in map(orjson.loads, result.output.splitlines())}
    file = environment["NEWS_CONFIG"]
    assert list(rows) == [f"NEWS_{name.upper()}" for name in Settings.model_fields]
    assert [
        (rows[name]["value"], rows[name]["origin"], rows[name]["default"])
        for name in ("NEWS_WINDOW", "NEWS_BROKER", "NEWS_SERVE_PORT", "NEWS_ROUTES")
    ] == [
        (7, f"{file}:1", 512),
        ("kafka:9092", "environment", ""),
        (8080, "default", 8080),
        (None, "default", None),
    ]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_list_hides_secrets(environment: dict[str, str], options: list[str]) -> None:
    result = CliRunner().invoke(app, ["list", *options], env=environment)

    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert "***" in result.output


def test_list_reports_unknown_variable_after_the_settings(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(app, ["list"], env=environment | {"NEWS_BROKERS": "x"})

    assert "NEWS_WINDOW" in result.output
    assert isinstance(result.exception, SettingsError)
    assert "did you mean NEWS_BROKER?" in str(result.exception)
