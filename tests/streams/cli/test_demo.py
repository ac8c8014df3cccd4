"""``streams demo``, without starting Kafka."""

from typer.testing import CliRunner

from streams.cli.main import app


def test_demo_help_explains_download() -> None:
    shown = CliRunner().invoke(app, ["demo", "--help"]).output

    assert [word for word in ("--keep", "--svg", "NEWS_BROKER") if word not in shown] == []


def test_demo_reports_invalid_setting_before_start() -> None:
    result = CliRunner().invoke(app, ["demo"], env={"NEWS_WINDOW": "0"})

    assert str(result.exception).startswith("setting NEWS_WINDOW: ")
