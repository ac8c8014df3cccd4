"""Searches as clients write them: used, or refused with the field."""

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


def form(**said: Any) -> SearchForm:
    """A form as it comes over HTTP."""
    return msgspec.json.decode(orjson.dumps({"query": "bridge"} | said), type=SearchForm)


def made(before: Subscription | None = None, /, **said: Any) -> Subscription:
    """The subscription of a form."""
    return build_subscription(form(**said), id_="s", owner="me", channels=CHANNELS, before=before)


def test_what_is_not_said_has_its_default() -> None:
    assert made() == Subscription(id="s", query="bridge", owner="me")


def test_what_is_said_twice_counts_once() -> None:
    found = made(kinds=["copy", "copy"], channels=["desk", "https://x.test/", "desk"])

    assert (found.kinds, found.channels) == ((AlertKind.COPY,), ("desk", "https://x.test/"))


def test_channels_that_stay_are_not_checked_again() -> None:
    before = Subscription(id="s", query="x", owner="me", channels=("boss",))

    assert made(before, channels=["boss"]).channels == ("boss",)


@pytest.mark.parametrize(
    ("said", "field", "says"),
    [
        ({"query": "bridge and"}, "query", "unexpected end"),
        ({"query": "the"}, "query", "would match a large part"),
        ({"channels": ["boss"]}, "channels", "there are: desk"),
        ({"channels": ["ftp://x/"]}, "channels", "https://"),
        ({"channels": ["http://127.0.0.1/hook"]}, "channels", "no public address"),
        ({"title_template": "{{ x"}, "title_template", "title"),
        ({"body_template": "{{ alert.x() }}"}, "body_template", "called"),
        ({"quiet": {"start": "22:00", "end": "22:00"}}, "quiet", "different"),
        ({"quiet": {"start": "22:00", "end": "07:00", "zone": "Mars"}}, "quiet.zone", "Mars"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_field(
    said: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(ProblemDetailsException) as refused:
        made(**said)

    (problem,) = refused.value.extra["problems"]  # type: ignore[call-overload,index]
    assert field in problem["field"]
    assert says in problem["detail"]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"kinds": ["old"]}, "old"),
        ({"digest_minutes": -1}, ">= 0"),
        ({"colour": "red"}, "unknown field `colour`"),
        ({"quiet": {"start": "1:00", "end": "07:00"}}, "quiet.start"),
    ],
)
def test_what_is_no_form_is_refused_with_its_field(said: dict[str, Any], says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        form(**said)


@pytest.mark.parametrize("id_", ["", "Ü", "-a", "A", "a" * 61])
def test_an_id_that_cannot_be_used_is_refused(id_: str) -> None:
    with pytest.raises(ProblemDetailsException, match="400"):
        build_subscription(form(), id_=id_, owner="me", channels=CHANNELS, before=None)


def test_a_query_is_refused_with_its_place() -> None:
    with pytest.raises(ProblemDetailsException) as refused:
        made(query="storm and\nbridge (x")

    (problem,) = refused.value.extra["problems"]  # type: ignore[call-overload,index]
    assert (problem["line"], problem["column"], problem["position"]) == (2, 8, 17)
    assert problem["pointer"].splitlines()[0].strip() == "bridge (x"
