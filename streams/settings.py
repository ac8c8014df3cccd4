"""Settings from the environment and a TOML file; the first run needs none."""

import os
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from streams.errors import SettingsError

CONFIG_FILE = "news-streams.toml"
"""Read from the working folder, or from the path in ``NEWS_CONFIG``."""

SECRETS = frozenset({"sasl_password", "ssl_key_password", "ledger", "websub_key"})
"""Settings whose values no message repeats."""

PREFIX = "NEWS_"

OTHER_VARIABLES = frozenset({"NEWS_CONFIG", "NEWS_DIE_WITH_PARENT", "NEWS_REQUIRE_KAFKA"})
"""Variables of ours that are no settings: the path of the file, the process that a child of
`streams run` ends with, and whether tests fail where no Kafka can be started."""


class Settings(BaseSettings):
    """All settings: ``NEWS_`` and the name in capitals, or the name in ``news-streams.toml``.

    The environment takes precedence over the file.
    """

    model_config = SettingsConfigDict(env_prefix="NEWS_", frozen=True, extra="ignore")

    broker: Annotated[
        str, Field(description="Kafka to use, `host:port,…`; by default the local one")
    ] = ""
    topic_prefix: Annotated[
        str,
        Field(description="Prefix of every topic and group", pattern=r"^[a-z0-9.-]{0,40}$"),
    ] = ""
    replication_factor: Annotated[int, Field(ge=1, le=9, description="Copies of each topic")] = 1
    security_protocol: Annotated[
        Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"],
        Field(description="Protocol for Kafka"),
    ] = "PLAINTEXT"
    ssl_cafile: Annotated[
        Path | None, Field(description="File of the CA that signed the broker's certificate")
    ] = None
    ssl_certfile: Annotated[
        Path | None,
        Field(description="File of the client certificate for Kafka and its chain, PEM"),
    ] = None
    ssl_keyfile: Annotated[
        Path | None,
        Field(description="File of the key of that certificate; by default in the same file"),
    ] = None
    ssl_key_password: Annotated[
        SecretStr, Field(description="Password of that key if it is encrypted; never logged")
    ] = SecretStr("")
    sasl_mechanism: Annotated[
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"],
        Field(description="How to authenticate to Kafka"),
    ] = "PLAIN"
    sasl_username: Annotated[str, Field(description="User name for Kafka")] = ""
    sasl_password: Annotated[SecretStr, Field(description="Password for Kafka; never logged")] = (
        SecretStr("")
    )
    sasl_token_file: Annotated[
        Path | None,
        Field(description="File of the OAUTHBEARER token, read again at each login"),
    ] = None
    sasl_token_provider: Annotated[
        str,
        Field(
            description="Function that returns the OAUTHBEARER token at each login, "
            "`module:function`",
            pattern=r"^([A-Za-z_][\w.]*:[A-Za-z_]\w*)?$",
        ),
    ] = ""
    data: Annotated[
        Path, Field(description="Data folder: local broker, logs, ledger, tokens and keys")
    ] = Field(default_factory=lambda: user_data_path("news-streams"))
    routes: Annotated[
        Path | None,
        Field(description="File of rules; by default `routes.toml` here, else the shipped one"),
    ] = None
    entities: Annotated[
        Path | None,
        Field(description="File of your own entities; by default `entities.toml` here, if any"),
    ] = None
    enrichers: Annotated[
        str,
        Field(description="Functions that `tag` calls for each article, `module:function,…`"),
    ] = ""
    channels: Annotated[
        Path | None,
        Field(description="File of channels for alerts; by default `channels.toml` here, if any"),
    ] = None
    ledger: Annotated[
        SecretStr,
        Field(
            description="URL of a PostgreSQL database of deliveries; by default a file in `data`"
        ),
    ] = SecretStr("")
    ledger_days: Annotated[
        int, Field(ge=8, le=3650, description="How long deliveries are remembered, days")
    ] = 30
    feeds: Annotated[
        Path | None, Field(description="File of feeds; by default `feeds.toml` here, if any")
    ] = None
    stage_seconds: Annotated[
        float,
        Field(gt=0, le=600, description="Time limit per record in a killable process, seconds"),
    ] = 10.0
    max_page_bytes: Annotated[
        int, Field(ge=1024, description="Largest page after decompression, bytes")
    ] = 8 * 1024 * 1024
    window: Annotated[int, Field(ge=1, le=100_000, description="Records in flight per stage")] = 512
    pool_processes: Annotated[
        int,
        Field(
            ge=0,
            le=256,
            description="Killable processes per stage; 0: half the cores, at least 2 for `clean`",
        ),
    ] = 0
    tag_max_characters: Annotated[
        int,
        Field(
            ge=1000,
            le=5_000_000,
            description="Characters of a text that `tag` searches for names, from its beginning",
        ),
    ] = 250_000
    dedupe_horizon_days: Annotated[
        int,
        Field(ge=1, le=3650, description="Greatest distance in time between copies, days"),
    ] = 14
    dedupe_max_articles: Annotated[
        int, Field(ge=1000, description="Maximum number of articles in memory")
    ] = 1_000_000
    dedupe_threshold: Annotated[
        float,
        Field(ge=0.4, le=0.95, description="Lowest similarity of copies, 0.4–0.95"),
    ] = 0.48
    reject_share: Annotated[
        float,
        Field(
            gt=0, le=1, description="A stage alarms above this share of rejects in its last 1,000"
        ),
    ] = 0.5
    stall_seconds: Annotated[
        float,
        Field(gt=0, description="Time without progress after which a stage with lag ends, seconds"),
    ] = 30.0
    session_seconds: Annotated[
        float,
        Field(ge=6, le=300, description="Silence after which a process loses partitions, seconds"),
    ] = 30.0
    partition_check_seconds: Annotated[
        float,
        Field(ge=1, le=300, description="How often processes look for added partitions, seconds"),
    ] = 15.0
    http_host: Annotated[str, Field(description="Address of health and metrics")] = "127.0.0.1"
    serve_port: Annotated[
        int, Field(ge=0, le=65535, description="Port of `streams serve`; 0: a free one")
    ] = 8080
    public_url: Annotated[
        str,
        Field(
            description="URL at which clients reach `streams serve`, for links in feeds; "
            "by default taken from the request",
            pattern=r"^(https?://[^\s?#]+)?$",
        ),
    ] = ""
    trusted_proxies: Annotated[
        str,
        Field(
            description="Reverse proxies whose `Forwarded` and `X-Forwarded-*` headers "
            "`streams serve` trusts, addresses or networks, `127.0.0.1,10.0.0.0/8`"
        ),
    ] = ""
    cors_origins: Annotated[
        str,
        Field(
            description="Websites whose pages may use the HTTP server from a browser, as origins "
            "with commas, `https://desk.example`; `*` for all; by default none"
        ),
    ] = ""
    tokens: Annotated[
        Path | None,
        Field(description="File of tokens for HTTP; by default `tokens.toml` in `data`"),
    ] = None
    websub_url: Annotated[
        str,
        Field(
            description="URL at which WebSub hubs reach `streams sources run`; empty: no WebSub",
            pattern=r"^(https?://[^\s?#]+)?$",
        ),
    ] = ""
    websub_port: Annotated[int, Field(ge=0, le=65535, description="Local port behind that URL")] = (
        8790
    )
    websub_key: Annotated[
        SecretStr,
        Field(description="Key for callbacks and signatures; by default a file in `data`"),
    ] = SecretStr("")
    log_max_bytes: Annotated[
        int,
        Field(
            ge=64 * 1024,
            description="Largest log of a process of `streams run`, current and former file, bytes",
        ),
    ] = 20 * 1024 * 1024
    log_format: Annotated[
        Literal["auto", "text", "json"],
        Field(description="`auto`: text on a terminal, otherwise JSON"),
    ] = "auto"

    @property
    def tokens_file(self) -> Path:
        """The file of tokens for HTTP, which it has as digests."""
        return self.tokens or self.data / "tokens.toml"

    def environment(self) -> dict[str, str]:
        """Return these settings as environment variables, for a child process.

        Examples:
            >>> Settings(broker="kafka:9092").environment()["NEWS_BROKER"]
            'kafka:9092'
        """
        values = self.model_dump()
        return {
            f"NEWS_{name.upper()}": (
                value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            )
            for name, value in values.items()
            if value is not None
        }

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources in order of precedence: arguments, environment, file."""
        file = TomlConfigSettingsSource(settings_cls, config_file())
        return (init_settings, env_settings, file)


def load_settings(**overrides: object) -> Settings:
    """Return the settings of this process.

    Args:
        overrides: Values of command-line options; ``None`` means not set.

    Raises:
        SettingsError: If a value cannot be used, or the file; the message names it. Or if a name
            is unknown; the message suggests a similar one.
    """
    require_known_variables()
    return _load({name: value for name, value in overrides.items() if value is not None})


def library_settings() -> Settings:
    """Read the settings for a program that uses this package as a library.

    Other variables of that program may begin with ``NEWS_``; a command refuses them, because they
    may be misspelled.

    Raises:
        SettingsError: As `load_settings`.
    """
    return _load({})


def _load(given: dict[str, object]) -> Settings:
    file = config_file()
    if os.environ.get("NEWS_CONFIG") and not file.is_file():
        raise SettingsError(f"setting NEWS_CONFIG: {file}: no such file")
    try:
        _require_known_keys()
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        got = "" if name in SECRETS else f", got {first['input']!r}"
        problem = first["msg"][:1].lower() + first["msg"][1:]
        raise SettingsError(f"setting NEWS_{name.upper()}: {problem}{got}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: not valid TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: not UTF-8: {error.reason}") from None
    except OSError as error:
        raise SettingsError(f"reading settings in {file}: {error.strerror}") from None


def require_known_variables() -> None:
    """Refuse an environment variable that begins with ``NEWS_`` and is no setting.

    Raises:
        SettingsError: If there is one.
    """
    for variable in sorted(os.environ):
        name = variable.removeprefix(PREFIX)
        if name == variable or variable in OTHER_VARIABLES or name.lower() in Settings.model_fields:
            continue
        meant = _similar(name)
        hint = f"did you mean {PREFIX}{meant.upper()}? Otherwise " if meant else ""
        raise SettingsError(
            f"unknown setting {variable} in the environment; {hint}unset it with "
            f"`unset {variable}`, or for one command with `env -u {variable} streams …`"
        )


def _require_known_keys() -> None:
    """Refuse a key of the file that is no setting.

    Raises:
        SettingsError: If there is one.
    """
    keys = _file_keys()
    for key, line in keys.items():
        if key not in Settings.model_fields:
            meant = _similar(key)
            hint = f'did you mean "{meant}"?' if meant else "remove it"
            raise SettingsError(f'{config_file()}:{line}: unknown setting "{key}"; {hint}')


def _similar(name: str) -> str:
    """Return the setting that was probably meant; empty if none is similar."""
    lower = name.lower().removeprefix(PREFIX.lower())
    return next(iter(get_close_matches(lower, Settings.model_fields, n=1)), "")


def setting_origin(name: str) -> str:
    """Return where the value of a setting comes from.

    Args:
        name: Name of the setting, without prefix in lower case.

    Returns:
        ``environment``, ``FILE:LINE``, or ``default``.
    """
    if any(variable.lower() == f"{PREFIX}{name}".lower() for variable in os.environ):
        return "environment"
    line = _file_keys().get(name)
    return f"{config_file()}:{line}" if line else "default"


def _file_keys() -> dict[str, int]:
    """Return the top-level keys of the file, and the line of each; none without a file."""
    file = config_file()
    if not file.is_file():
        return {}
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = {}
    for key in tomllib.loads(text):
        pattern = re.compile(rf"\s*\[{{0,2}}\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]")
        matching = (number for number, line in enumerate(lines, 1) if pattern.match(line))
        found[key] = next(matching, 1)
    return found


def config_file() -> Path:
    """Return the path of the file of settings, which may be missing."""
    return Path(os.environ.get("NEWS_CONFIG") or CONFIG_FILE)
