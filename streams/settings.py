"""Settings from the environment and a TOML file; the first run needs none."""

import os
import tomllib
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

SECRETS = frozenset({"sasl_password", "ledger", "websub_key"})
"""Settings whose values no message repeats."""


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
    sasl_mechanism: Annotated[
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
        Field(description="How to authenticate to Kafka"),
    ] = "PLAIN"
    sasl_username: Annotated[str, Field(description="User name for Kafka")] = ""
    sasl_password: Annotated[SecretStr, Field(description="Password for Kafka; never logged")] = (
        SecretStr("")
    )
    data: Annotated[Path, Field(description="Folder of the local broker and the logs")] = Field(
        default_factory=lambda: user_data_path("news-streams")
    )
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
    ] = 2 * 1024 * 1024
    window: Annotated[int, Field(ge=1, le=100_000, description="Records in flight per stage")] = 512
    pool_processes: Annotated[
        int,
        Field(
            ge=0,
            le=256,
            description="Killable processes per stage; 0: half the cores, at least 2 for `clean`",
        ),
    ] = 0
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
        Field(gt=0, le=1, description="Share of rejects in the last 1,000 that stops a stage"),
    ] = 0.5
    stall_seconds: Annotated[
        float,
        Field(gt=0, description="Time without progress after which a stage with lag ends, seconds"),
    ] = 30.0
    session_seconds: Annotated[
        float,
        Field(ge=6, le=300, description="Silence after which a process loses partitions, seconds"),
    ] = 30.0
    http_host: Annotated[str, Field(description="Address of health and metrics")] = "127.0.0.1"
    serve_port: Annotated[
        int, Field(ge=0, le=65535, description="Port of `streams serve`; 0: a free one")
    ] = 8080
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
        file = TomlConfigSettingsSource(settings_cls, _config_file())
        return (init_settings, env_settings, file)


def load_settings(**overrides: object) -> Settings:
    """Return the settings of this process.

    Args:
        overrides: Values of command-line options; ``None`` means not set.

    Raises:
        SettingsError: If a value or the file cannot be used; the message names it.
    """
    if os.environ.get("NEWS_CONFIG") and not _config_file().is_file():
        raise SettingsError(f"setting NEWS_CONFIG: {_config_file()}: no such file")
    values = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**values)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        got = "" if name in SECRETS else f", got {first['input']!r}"
        problem = first["msg"][:1].lower() + first["msg"][1:]
        raise SettingsError(f"setting NEWS_{name.upper()}: {problem}{got}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{_config_file()}: not valid TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{_config_file()}: not UTF-8: {error.reason}") from None
    except OSError as error:
        raise SettingsError(f"reading settings in {_config_file()}: {error.strerror}") from None


def _config_file() -> Path:
    return Path(os.environ.get("NEWS_CONFIG") or CONFIG_FILE)
