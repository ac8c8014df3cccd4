"""Settings: the environment over the file, one sentence per unusable value, no secrets."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import SettingsError
from streams.settings import (
    OTHER_VARIABLES,
    SECRETS,
    Settings,
    library_settings,
    load_settings,
    setting_origin,
)

PASSWORD = "correct horse"  # noqa: S105  # not a real one


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of an empty configuration file in the working folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "news-streams.toml"
    path.write_text("")
    return path


def test_settings_have_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert (load_settings().broker, load_settings().window) == ("", 512)


def test_settings_read_the_file(file: Path) -> None:
    file.write_text("window = 7\n")

    assert load_settings().window == 7


def test_settings_read_the_file_in_news_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.toml").write_text("window = 9\n")
    monkeypatch.setenv("NEWS_CONFIG", str(tmp_path / "other.toml"))

    assert load_settings().window == 9


def test_settings_prefer_the_environment_to_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("window = 7\nbroker = 'file:9092'\n")
    monkeypatch.setenv("NEWS_WINDOW", "8")

    assert (load_settings().window, load_settings().broker) == (8, "file:9092")


def test_settings_prefer_options_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWS_WINDOW", "8")
    monkeypatch.setenv("NEWS_BROKER", "environment:9092")

    found = load_settings(window=9, broker=None)

    assert (found.window, found.broker) == (9, "environment:9092")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "WINDOW",
            "0",
            "setting NEWS_WINDOW: input should be greater than or equal to 1, got '0'",
        ),
        (
            "WINDOW",
            "many",
            (
                "setting NEWS_WINDOW: input should be a valid integer, "
                "unable to parse string as an integer, got 'many'"
            ),
        ),
        (
            "SECURITY_PROTOCOL",
            "TLS",
            (
                "setting NEWS_SECURITY_PROTOCOL: input should be 'PLAINTEXT', 'SSL', "
                "'SASL_PLAINTEXT' or 'SASL_SSL', got 'TLS'"
            ),
        ),
        (
            "TOPIC_PREFIX",
            "My_",
            (
                "setting NEWS_TOPIC_PREFIX: string should match pattern '^[a-z0-9.-]{0,40}$', "
                "got 'My_'"
            ),
        ),
    ],
)
def test_settings_explain_an_unusable_value(
    name: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"NEWS_{name}", value)

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"window = ", "news-streams.toml: not valid TOML: Invalid value (at end of document)"),
        (b"broker = '\xff'", "news-streams.toml: not UTF-8: invalid start byte"),
    ],
)
def test_settings_explain_an_unusable_file(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert str(caught.value) == message


def test_settings_name_a_missing_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWS_CONFIG", "nowhere.toml")

    with pytest.raises(SettingsError, match=r"^setting NEWS_CONFIG: nowhere\.toml: no such file$"):
        load_settings()


def test_settings_never_show_the_password() -> None:
    found = Settings(sasl_password=PASSWORD)  # type: ignore[arg-type]  # pydantic wraps it

    assert [
        text for text in (repr(found), str(found), found.model_dump_json()) if PASSWORD in text
    ] == []


def test_settings_do_not_repeat_an_unusable_password(file: Path) -> None:
    file.write_text("sasl_password = 8675309\n")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert str(caught.value) == "setting NEWS_SASL_PASSWORD: input should be a valid string"


def test_secrets_are_settings() -> None:
    assert SECRETS - Settings.model_fields.keys() == set()


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(
    broker=TEXTS,
    password=TEXTS,
    window=st.integers(1, 100_000),
    share=st.floats(0.001, 1),
    routes=st.none() | st.just(Path("routes.toml")),
)
def test_environment_has_every_setting_for_a_child(
    broker: str, password: str, window: int, share: float, routes: Path | None
) -> None:
    found = load_settings(
        broker=broker, sasl_password=password, window=window, reject_share=share, routes=routes
    )

    with pytest.MonkeyPatch.context() as patch:
        for name, value in found.environment().items():
            patch.setenv(name, value)
        assert load_settings() == found


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        (
            "NEWS_THRESHOLD",
            (
                "unknown setting NEWS_THRESHOLD in the environment; did you mean "
                "NEWS_DEDUPE_THRESHOLD? Otherwise unset it with `unset NEWS_THRESHOLD`, or for one "
                "command with `env -u NEWS_THRESHOLD streams …`"
            ),
        ),
        (
            "NEWS_API_KEY",
            (
                "unknown setting NEWS_API_KEY in the environment; unset it with "
                "`unset NEWS_API_KEY`, or for one command with `env -u NEWS_API_KEY streams …`"
            ),
        ),
    ],
)
def test_unknown_variable_is_refused(
    variable: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "x")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert str(caught.value) == message


def test_library_ignores_variables_of_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWS_API_KEY", "x")

    assert library_settings().window == 512


@pytest.mark.parametrize("variable", sorted(OTHER_VARIABLES - {"NEWS_CONFIG"}))
def test_variables_that_are_no_settings_are_known(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")

    assert load_settings().window == 512


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "window = 7\n\nwidnow = 8\n",
            'news-streams.toml:3: unknown setting "widnow"; did you mean "window"?',
        ),
        (
            "NEWS_WINDOW = 8\n",
            'news-streams.toml:1: unknown setting "NEWS_WINDOW"; did you mean "window"?',
        ),
        ("# ours\n[colors]\nred = 1\n", 'news-streams.toml:2: unknown setting "colors"; remove it'),
    ],
)
def test_unknown_key_is_refused(file: Path, text: str, message: str) -> None:
    file.write_text(text)

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert str(caught.value) == message


def test_setting_origin_is_environment_then_line_of_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("# tuning\nwindow = 7\nserve_port = 9\n")
    monkeypatch.setenv("NEWS_SERVE_PORT", "10")

    assert [setting_origin(name) for name in ("window", "serve_port", "broker")] == [
        "news-streams.toml:2",
        "environment",
        "default",
    ]
