"""Tokens: kept by digest only, for their owner only, changed without a restart."""

import stat
from datetime import UTC, datetime
from pathlib import Path

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
    tokens_text,
)
from streams.errors import UsageError

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def added(path: Path, name: str = "me", *scopes: str) -> str:
    """Make a token; the token itself."""
    return add_token(path, name, scopes or ("push",), created=NOW)[0]


def test_a_token_is_kept_by_its_digest_only_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "tokens.toml"

    secret = added(path)

    assert secret not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [(one.name, one.scopes) for one in read_tokens(path)] == [("me", (Scope.PUSH,))]


def test_tokens_differ(tmp_path: Path) -> None:
    secrets = {added(tmp_path / "tokens.toml", f"t{number}") for number in range(20)}

    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {48}


def test_a_token_is_found_by_itself_and_by_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    secret = added(path)
    tokens = WatchedTokens(path)

    kept = read_tokens(path)[0]
    wrong = ("", "x", secret[:-1], secret + "x", secret.upper(), kept.sha256, "\udc80")

    assert tokens.find(secret) == kept
    assert [tokens.find(one) for one in wrong] == [None] * len(wrong)


def test_what_is_added_and_removed_is_in_force_at_once(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    tokens = WatchedTokens(path)
    assert len(tokens) == 0

    first, second = added(path, "first"), added(path, "second")
    assert [tokens.find(one) is not None for one in (first, second)] == [True, True]

    remove_token(path, "first")
    assert [tokens.find(one) is not None for one in (first, second)] == [False, True]

    path.unlink()
    assert tokens.find(second) is None


def test_a_broken_file_leaves_the_former_tokens_in_force(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    secret = added(path)
    tokens = WatchedTokens(path)

    path.write_text("[[token")

    assert tokens.find(secret) is not None
    with pytest.raises(UsageError, match=r"tokens\.toml"):
        WatchedTokens(path)


def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    added(path)
    path.chmod(0o620)

    with pytest.raises(UsageError, match="chmod 600"):
        read_tokens(path)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[token", "TOML"),
        ('[[token]]\nname = "a"', "sha256"),
        ("[[token]]\nname = 3", "name"),
        ("[[tokens]]", "tokens"),
        (f'[[token]]\nname="a"\nsha256="{"0" * 64}"\nscopes=["x"]\ncreated=2026-01-01', "scopes"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_field(text: str, named: str) -> None:
    with pytest.raises(UsageError, match=rf"t\.toml:\d+: .*({named})"):
        parse_tokens(text, file="t.toml")


@pytest.mark.parametrize("name", ["", "Ü", "A", "a b", 'a"', "-a", "a" * 61, "a\nb"])
def test_a_name_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="expected 1 to 60"):
        added(tmp_path / "tokens.toml", name)


@pytest.mark.parametrize("scope", ["feed", "root", ""])
def test_a_scope_that_is_none_is_refused(tmp_path: Path, scope: str) -> None:
    with pytest.raises(UsageError, match="push, alerts, admin"):
        added(tmp_path / "tokens.toml", "me", scope)


def test_a_name_is_given_once_and_removed_only_if_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    added(path)

    with pytest.raises(UsageError, match="there is a token of that name"):
        added(path)
    with pytest.raises(UsageError, match="there are: me"):
        remove_token(path, "you")


def test_an_error_while_changing_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    added(path)
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
def test_what_is_written_is_read_again(tokens: list[ApiToken]) -> None:
    assert parse_tokens(tokens_text(tokens), file="t") == tuple(tokens)


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        (["push"], {Scope.PUSH}),
        (["alerts"], {Scope.ALERTS}),
        (["admin"], {Scope.PUSH, Scope.ALERTS, Scope.ADMIN}),
    ],
)
def test_a_token_may_do_what_its_scopes_say(
    tmp_path: Path, scopes: list[str], may: set[Scope]
) -> None:
    _, token = add_token(tmp_path / "tokens.toml", "me", scopes, created=NOW)

    assert {scope for scope in Scope if token.may(scope)} == may
