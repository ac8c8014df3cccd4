"""``streams demo``: what can be told without starting a Kafka."""

from typer.testing import CliRunner

from streams.cli.main import app


def test_demo_explains_itself() -> None:
    shown = CliRunner().invoke(app, ["demo", "--help"]).output

    assert [word for word in ("--keep", "--svg", "NEWS_BROKER") if word not in shown] == []


def test_demo_refuses_a_setting_before_it_starts_anything() -> None:
    result = CliRunner().invoke(app, ["demo"], env={"NEWS_WINDOW": "0"})

    assert str(result.exception).startswith("setting NEWS_WINDOW: ")
