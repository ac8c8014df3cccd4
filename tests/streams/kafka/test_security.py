"""TLS and logins: what works, and one sentence for each mistake."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from streams.errors import BrokerRefusalError, SettingsError, UsageError
from streams.kafka.connection import check_connection
from streams.kafka.security import TokenError, TokenProvider, security_options, tls_context
from streams.settings import Settings
from tests.support.certificates import PASSWORD, Certificates, make_certificates
from tests.support.refusing_broker import (
    TOKEN_REFUSING,
    answering_broker,
    serving,
    tls_broker,
)

PROVIDER = "sasl_token_provider"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Return certificates that all tests use."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def tls(**settings: Any) -> Settings:
    return Settings(broker="127.0.0.1:1", security_protocol="SSL", **settings)


def oauth(**settings: Any) -> Settings:
    return Settings(
        broker="127.0.0.1:1",
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="OAUTHBEARER",
        **settings,
    )


def test_context_has_client_certificate(certificates: Certificates) -> None:
    context = tls_context(
        tls(
            ssl_cafile=certificates.ca,
            ssl_certfile=certificates.client,
            ssl_keyfile=certificates.encrypted_key,
            ssl_key_password=PASSWORD,
        )
    )

    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert context.get_ca_certs()[0]["subject"] == ((("commonName", "ca"),),)


def test_context_finds_key_behind_certificate(certificates: Certificates) -> None:
    assert tls_context(tls(ssl_certfile=certificates.stranger))


MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    "no CA file": (
        {"ssl_cafile": "missing.pem"},
        r"setting NEWS_SSL_CAFILE: .*missing\.pem: no such file or directory",
    ),
    "CA is a folder": ({"ssl_cafile": "."}, "setting NEWS_SSL_CAFILE: .*: is a directory"),
    "CA is a key": (
        {"ssl_cafile": "client.key"},
        r"setting NEWS_SSL_CAFILE: .*client\.key: no certificate in PEM format",
    ),
    "no certificate file": (
        {"ssl_certfile": "missing.pem", "ssl_keyfile": "client.key"},
        r"setting NEWS_SSL_CERTFILE: .*missing\.pem: no such file or directory",
    ),
    "no key file": (
        {"ssl_certfile": "client.pem", "ssl_keyfile": "missing.key"},
        r"setting NEWS_SSL_KEYFILE: .*missing\.key: no such file or directory",
    ),
    "key without certificate": (
        {"ssl_keyfile": "client.key"},
        "setting NEWS_SSL_KEYFILE: set NEWS_SSL_CERTFILE, too",
    ),
    "certificate without key": (
        {"ssl_certfile": "client.pem"},
        r"setting NEWS_SSL_CERTFILE: .*client\.pem: expected .* its key behind it",
    ),
    "key of another": (
        {"ssl_certfile": "client.pem", "ssl_keyfile": "server.key"},
        r"setting NEWS_SSL_KEYFILE: .*server\.key: the key does not belong to the certificate",
    ),
    "no password": (
        {"ssl_certfile": "client.pem", "ssl_keyfile": "client-encrypted.key"},
        "the key is encrypted, and NEWS_SSL_KEY_PASSWORD is missing",
    ),
    "wrong password": (
        {
            "ssl_certfile": "client.pem",
            "ssl_keyfile": "client-encrypted.key",
            "ssl_key_password": "wrong horse",
        },
        "the key is encrypted, and NEWS_SSL_KEY_PASSWORD is wrong",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_in_files_is_one_sentence(certificates: Certificates, mistake: str) -> None:
    given, message = MISTAKES[mistake]
    folder = certificates.ca.parent
    settings = {
        name: value if name == "ssl_key_password" else folder / value
        for name, value in given.items()
    }

    with pytest.raises(SettingsError, match=message) as raised:
        tls_context(tls(**settings))

    assert "\n" not in str(raised.value)
    assert "wrong horse" not in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"ssl_cafile": Path("ca.pem")}, "NEWS_SSL_CAFILE: no effect with .*=PLAINTEXT"),
        ({"ssl_key_password": "x"}, "NEWS_SSL_KEY_PASSWORD: no effect"),
        ({"sasl_token_file": Path("token")}, "NEWS_SASL_TOKEN_FILE: no effect unless"),
        (
            {"security_protocol": "SASL_PLAINTEXT", "sasl_token_provider": "a:b"},
            "NEWS_SASL_TOKEN_PROVIDER: no effect unless",
        ),
    ],
)
def test_setting_without_effect_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        security_options(Settings(broker="127.0.0.1:1", **settings))


async def test_token_file_is_read_at_each_login(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    provider = security_options(oauth(sasl_token_file=file))["sasl_oauth_token_provider"]

    first = await provider.token()
    file.write_text("second\n")

    assert (first, await provider.token()) == ("first", "second")


async def test_token_comes_from_a_function() -> None:
    provider = TokenProvider(oauth(**{PROVIDER: "platform:machine"}))

    assert await provider.token()


@pytest.mark.parametrize("settings", [{}, {"sasl_token_provider": "a:b", "sasl_token_file": "t"}])
def test_oauthbearer_needs_one_source_of_tokens(settings: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="OAUTHBEARER needs either"):
        security_options(oauth(**settings))


def test_unknown_token_function_is_refused() -> None:
    with pytest.raises(UsageError, match=r"NEWS_SASL_TOKEN_PROVIDER: .*no module named 'nowhere'"):
        security_options(oauth(**{PROVIDER: "nowhere:token"}))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such file"), (b"", "no token"), (b"a\nb", "no token"), (b"\xff", "not ASCII")],
)
async def test_unusable_token_file_is_named(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    provider = TokenProvider(oauth(sasl_token_file=file))

    with pytest.raises(TokenError, match=f"NEWS_SASL_TOKEN_FILE: .*{message}"):
        await provider.token()


async def test_failing_token_function_is_named() -> None:
    provider = TokenProvider(oauth(**{PROVIDER: "textwrap:shorten"}))

    with pytest.raises(TokenError, match="NEWS_SASL_TOKEN_PROVIDER: textwrap:shorten: TypeError"):
        await provider.token()


async def test_client_certificate_is_accepted(certificates: Certificates) -> None:
    async with tls_broker(certificates) as port:
        settings = Settings(
            broker=f"127.0.0.1:{port}",
            security_protocol="SSL",
            ssl_cafile=certificates.ca,
            ssl_certfile=certificates.client,
            ssl_keyfile=certificates.client_key,
        )

        await check_connection(settings)


REFUSALS: dict[str, tuple[dict[str, str], str]] = {
    "no client certificate": ({"ssl_cafile": "ca.pem"}, "check NEWS_SSL_CERTFILE"),
    "client of another authority": (
        {"ssl_cafile": "ca.pem", "ssl_certfile": "stranger-both.pem"},
        "check NEWS_SSL_CERTFILE",
    ),
    "broker of another authority": (
        {"ssl_cafile": "other-ca.pem"},
        "TLS handshake failed: .*; check NEWS_SSL_CAFILE",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_refused_certificate_is_one_sentence(
    certificates: Certificates, refusal: str
) -> None:
    given, message = REFUSALS[refusal]
    files = {name: certificates.ca.parent / file for name, file in given.items()}
    async with tls_broker(certificates) as port:
        settings = Settings(broker=f"127.0.0.1:{port}", security_protocol="SSL", **files)

        with pytest.raises(BrokerRefusalError, match=message) as raised:
            await check_connection(settings)

    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("protocol", "message"),
    [
        ("SSL", "TLS handshake failed: .*; check NEWS_SECURITY_PROTOCOL"),
        ("SASL_SSL", "TLS handshake failed: .*; check NEWS_SECURITY_PROTOCOL"),
    ],
)
async def test_tls_at_a_plain_port_is_named(protocol: str, message: str) -> None:
    async with answering_broker() as port:
        settings = Settings(broker=f"127.0.0.1:{port}", security_protocol=protocol)

        with pytest.raises(BrokerRefusalError, match=message):
            await check_connection(settings)


async def test_plain_text_at_a_tls_port_is_named(certificates: Certificates) -> None:
    async with tls_broker(certificates) as port:
        with pytest.raises(BrokerRefusalError, match="check NEWS_BROKER and NEWS_SECURITY_PRO"):
            await check_connection(Settings(broker=f"127.0.0.1:{port}"))


async def test_refused_token_is_named(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("expired")
    async with serving(lambda _: TOKEN_REFUSING) as port:
        settings = oauth(sasl_token_file=file).model_copy(update={"broker": f"127.0.0.1:{port}"})

        with pytest.raises(BrokerRefusalError, match="Kafka refuses the token; check NEWS_SASL_TO"):
            await check_connection(settings)


async def test_missing_token_is_named_at_the_connection(tmp_path: Path) -> None:
    async with serving(lambda _: TOKEN_REFUSING) as port:
        settings = oauth(sasl_token_file=tmp_path / "missing")
        settings = settings.model_copy(update={"broker": f"127.0.0.1:{port}"})

        with pytest.raises(BrokerRefusalError, match=r"NEWS_SASL_TOKEN_FILE: .*missing: no such"):
            await check_connection(settings)


async def test_mechanism_that_the_broker_lacks_is_named() -> None:
    async with serving(lambda _: TOKEN_REFUSING) as port:
        settings = Settings(
            broker=f"127.0.0.1:{port}",
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="SCRAM-SHA-256",
        )

        with pytest.raises(BrokerRefusalError, match=r"SCRAM-SHA-256 sasl.*OAUTHBEARER"):
            await check_connection(settings)
