"""Tokens: only the digest is stored, for the owner only; changes need no restart."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.config.tokens import ApiToken, Scope
from streams.config.tokens_file import (
    WatchedTokens,
    add_token,
    change_tokens,
    parse_tokens,
    read_tokens,
    remove_token,
    replace_feed_token,
    tokens_text,
)
from streams.errors import UsageError
from streams.records import Subscription

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def create_token(path: Path, name: str = "me", *scopes: str) -> str:
    """Create a token and return its secret."""
    return add_token(path, name, scopes or ("push",), created=NOW)[0]


def test_add_token_stores_digest_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "tokens.toml"

    secret = create_token(path)

    assert secret not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [(token.name, token.scopes) for token in read_tokens(path)] == [("me", (Scope.PUSH,))]


def test_add_token_creates_different_secrets(tmp_path: Path) -> None:
    secrets = {create_token(tmp_path / "tokens.toml", f"t{number}") for number in range(20)}

    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {48}


def test_find_returns_token_of_secret_only(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    secret = create_token(path)
    tokens = WatchedTokens(path)

    stored = read_tokens(path)[0]
    wrong = ("", "x", secret[:-1], secret + "x", secret.upper(), stored.sha256, "\udc80")

    assert tokens.find(secret) == stored
    assert [tokens.find(guess) for guess in wrong] == [None] * len(wrong)


def test_watched_tokens_follow_file(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    tokens = WatchedTokens(path)
    assert len(tokens) == 0

    first, second = create_token(path, "first"), create_token(path, "second")
    assert [tokens.find(secret) is not None for secret in (first, second)] == [True, True]

    remove_token(path, "first")
    assert [tokens.find(secret) is not None for secret in (first, second)] == [False, True]

    path.unlink()
    assert tokens.find(second) is None


def test_watched_tokens_keep_value_on_invalid_file(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    secret = create_token(path)
    tokens = WatchedTokens(path)

    path.write_text("[[token")

    assert tokens.find(secret) is not None
    with pytest.raises(UsageError, match=r"tokens\.toml"):
        WatchedTokens(path)


def test_read_tokens_refuses_file_writable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    create_token(path)
    path.chmod(0o620)

    with pytest.raises(UsageError, match="chmod 600"):
        read_tokens(path)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[[token", "TOML"),
        ('[[token]]\nname = "a"', "sha256"),
        ("[[token]]\nname = 3", "name"),
        ("[[tokens]]", "tokens"),
        (f'[[token]]\nname="a"\nsha256="{"0" * 64}"\nscopes=["x"]\ncreated=2026-01-01', "scopes"),
    ],
)
def test_parse_tokens_error_names_field(text: str, field: str) -> None:
    with pytest.raises(UsageError, match=rf"t\.toml:\d+: .*({field})"):
        parse_tokens(text, file="t.toml")


@pytest.mark.parametrize("name", ["", "Ü", "A", "a b", 'a"', "-a", "a" * 61, "a\nb"])
def test_add_token_refuses_invalid_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="expected 1 to 60"):
        create_token(tmp_path / "tokens.toml", name)


@pytest.mark.parametrize("scope", ["feed", "root", ""])
def test_add_token_refuses_unknown_scope(tmp_path: Path, scope: str) -> None:
    with pytest.raises(UsageError, match="push, alerts, admin"):
        create_token(tmp_path / "tokens.toml", "me", scope)


def test_token_names_are_unique(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    create_token(path)

    with pytest.raises(UsageError, match="a token with this name exists"):
        create_token(path)
    with pytest.raises(UsageError, match="there are: me"):
        remove_token(path, "you")


def test_change_tokens_keeps_file_on_error(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    create_token(path)
    before = path.read_bytes()

    with pytest.raises(ZeroDivisionError):
        change_tokens(path, lambda _: [1 // 0])  # type: ignore[list-item]

    assert path.read_bytes() == before


LETTERS = "abcxyz0189"

tokens_of_any_kind = st.builds(
    ApiToken,
    name=st.text(LETTERS, min_size=1, max_size=80),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    scopes=st.lists(st.sampled_from(list(Scope)), min_size=1, unique=True).map(tuple),
    created=st.datetimes(timezones=st.just(UTC)),
    search=st.text(LETTERS + "-", max_size=60),
)


@given(st.lists(tokens_of_any_kind, max_size=5, unique_by=lambda token: token.name))
def test_parse_tokens_is_inverse_of_tokens_text(tokens: list[ApiToken]) -> None:
    assert parse_tokens(tokens_text(tokens), file="t") == tuple(tokens)


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        (["push"], {Scope.PUSH}),
        (["alerts"], {Scope.ALERTS}),
        (["admin"], {Scope.PUSH, Scope.ALERTS, Scope.ADMIN}),
    ],
)
def test_token_may_follows_scopes(tmp_path: Path, scopes: list[str], may: set[Scope]) -> None:
    _, token = add_token(tmp_path / "tokens.toml", "me", scopes, created=NOW)

    assert {scope for scope in Scope if token.may(scope)} == may


def search(**fields: Any) -> Subscription:
    """A saved search of alice."""
    return Subscription(
        **{"id": "rain", "query": "rain", "owner": "alice", "created": NOW} | fields
    )


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        pytest.param({}, True, id="same"),
        pytest.param({"query": "storm", "channels": ("desk",)}, True, id="changed"),
        pytest.param({"owner": "bob"}, False, id="other-owner"),
        pytest.param({"owner": ""}, False, id="command-line"),
        pytest.param({"created": NOW + timedelta(seconds=1)}, False, id="saved-again"),
        pytest.param({"created": None}, False, id="saved-by-older-version"),
        pytest.param({"id": "storm"}, False, id="other-search"),
    ],
)
def test_feed_token_ends_with_its_search(
    tmp_path: Path, now: dict[str, Any], *, opens: bool
) -> None:
    path = tmp_path / "tokens.toml"
    secret = replace_feed_token(path, search(), created=NOW)

    token = WatchedTokens(path).find(secret)

    assert token is not None
    assert token.opens_feed_of(search(**now)) is opens


@pytest.mark.parametrize(("created", "opens"), [(None, True), (NOW, False)])
def test_feed_token_of_older_version_opens_older_searches(
    created: datetime | None, *, opens: bool
) -> None:
    text = f'[[token]]\nname = "feed:rain"\nsha256 = "{"0" * 64}"\nscopes = ["feed"]\n'
    text += f'created = {NOW.isoformat()}\nsearch = "rain"\n'

    token = parse_tokens(text, file="tokens.toml")[0]

    assert token.opens_feed_of(search(created=created)) is opens


def test_owner_of_feed_token_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    owner = 'alice"\nscopes = ["admin"]\x7f\\ü'

    replace_feed_token(path, search(owner=owner), created=NOW)

    assert read_tokens(path)[0].owner == owner
