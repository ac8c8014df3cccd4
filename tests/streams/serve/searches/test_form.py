"""Searches in requests: accepted, or refused with the field."""

from typing import Any

import msgspec
import orjson
import pytest
from litestar.plugins.problem_details import ProblemDetailsException

from streams.config.channels_file import parse_channels
from streams.records import AlertKind, Subscription
from streams.serve.searches.form import SearchForm, build_subscription

CHANNELS = parse_channels(
    '[desk]\ntopic = "desk.alerts"\ntokens = ["me"]\n[boss]\ntopic = "boss.alerts"\n'
)


def form(**fields: Any) -> SearchForm:
    """Return the form of a request."""
    return msgspec.json.decode(orjson.dumps({"query": "bridge"} | fields), type=SearchForm)


def build(before: Subscription | None = None, /, **fields: Any) -> Subscription:
    """Return the subscription of a form."""
    return build_subscription(form(**fields), id_="s", owner="me", channels=CHANNELS, before=before)


def test_missing_fields_get_defaults() -> None:
    assert build() == Subscription(id="s", query="bridge", owner="me")


def test_repeated_values_are_merged() -> None:
    search = build(kinds=["copy", "copy"], channels=["desk", "https://x.test/", "desk"])

    assert (search.kinds, search.channels) == ((AlertKind.COPY,), ("desk", "https://x.test/"))


def test_unchanged_channels_are_not_checked() -> None:
    before = Subscription(id="s", query="x", owner="me", channels=("boss",))

    assert build(before, channels=["boss"]).channels == ("boss",)


@pytest.mark.parametrize(
    ("fields", "field", "detail"),
    [
        ({"query": "bridge and"}, "query", "unexpected end"),
        ({"query": "the"}, "query", "would match a large part"),
        ({"channels": ["boss"]}, "channels", "available: desk"),
        ({"channels": ["ftp://x/"]}, "channels", "https://"),
        ({"channels": ["http://127.0.0.1/hook"]}, "channels", "not a public address"),
        ({"title_template": "{{ x"}, "title_template", "title"),
        ({"body_template": "{{ alert.x() }}"}, "body_template", "called"),
        ({"quiet": {"start": "22:00", "end": "22:00"}}, "quiet", "different"),
        ({"quiet": {"start": "22:00", "end": "07:00", "zone": "Mars"}}, "quiet.zone", "Mars"),
    ],
)
def test_invalid_field_is_named(fields: dict[str, Any], field: str, detail: str) -> None:
    with pytest.raises(ProblemDetailsException) as refused:
        build(**fields)

    (problem,) = refused.value.extra["problems"]  # type: ignore[call-overload,index]
    assert field in problem["field"]
    assert detail in problem["detail"]


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"kinds": ["old"]}, "old"),
        ({"digest_minutes": -1}, ">= 0"),
        ({"colour": "red"}, "unknown field `colour`"),
        ({"quiet": {"start": "1:00", "end": "07:00"}}, "quiet.start"),
    ],
)
def test_invalid_form_is_refused(fields: dict[str, Any], detail: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=detail):
        form(**fields)


@pytest.mark.parametrize("id_", ["", "Ü", "-a", "A", "a" * 61])
def test_invalid_id_is_refused(id_: str) -> None:
    with pytest.raises(ProblemDetailsException, match="400"):
        build_subscription(form(), id_=id_, owner="me", channels=CHANNELS, before=None)


def test_query_error_has_position() -> None:
    with pytest.raises(ProblemDetailsException) as refused:
        build(query="storm and\nbridge (x")

    (problem,) = refused.value.extra["problems"]  # type: ignore[call-overload,index]
    assert (problem["line"], problem["column"], problem["position"]) == (2, 10, 19)
    assert problem["pointer"].splitlines()[0].strip() == "bridge (x"
