import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import Push, PushPhase
from streams.sources.feeds.websub.subscription import (
    BACKOFF,
    DENIED_FOR,
    LEASE_BOUNDS,
    LEASE_WANTED,
    MAX_CHALLENGE,
    after_poll_beside,
    after_push,
    after_verification,
    form,
    is_active,
    is_due,
    is_signed,
    next_poll,
    refused,
    requested,
    secret_of,
    subscription,
    token_of,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HUB = "https://hub.test/"
TOPIC = "https://news.test/rss"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def discovered(push: Push | None = None, **changes: str) -> Push:
    """What follows from a feed that names a hub."""
    said = {"hub": HUB, "topic": TOPIC, "callback": "c", **changes}
    return subscription(push, **said, now=NOW)


def asked(**query: str) -> dict[str, str]:
    """What a hub asks with."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.challenge": "ch4llenge",
        "hub.lease_seconds": "864000",
    } | {f"hub.{name}": value for name, value in query.items()}


def active() -> Push:
    """A subscription that the hub has verified, for ten days."""
    return after_verification(requested(discovered(), now=NOW), asked(), now=NOW)[1]


def test_a_hub_that_is_found_is_asked_at_once() -> None:
    assert is_due(discovered(), now=NOW)


def test_a_hub_that_was_asked_is_not_asked_again_while_it_may_verify() -> None:
    push = requested(discovered(), now=NOW)

    assert push.phase is PushPhase.ASKED
    assert not is_due(push, now=NOW + BACKOFF[0] - timedelta(seconds=1))
    assert is_due(push, now=NOW + BACKOFF[0])


@pytest.mark.parametrize("change", ["hub", "topic", "callback"])
def test_another_hub_topic_or_callback_is_another_subscription(change: str) -> None:
    push = active()

    assert discovered(push) == push
    assert discovered(push, **{change: "https://other.test/"}) == Push(
        **{"hub": HUB, "topic": TOPIC, "callback": "c", change: "https://other.test/"},
        next_request=NOW,
    )


def test_a_hub_that_never_verifies_is_asked_more_and_more_rarely() -> None:
    push, now, waits = discovered(), NOW, []
    for _ in range(12):
        push = requested(push, now=now)
        assert push.next_request is not None
        waits.append(push.next_request - now)
        now = push.next_request

    assert waits[:3] == [BACKOFF[0], 2 * BACKOFF[0], 4 * BACKOFF[0]]
    assert waits == sorted(waits)
    assert waits[-1] == BACKOFF[1]


def test_a_request_says_what_the_hub_needs() -> None:
    found = form(discovered(), callback_url="https://us.test/websub/a/b", secret="s" * 64)

    assert found == {
        "hub.callback": "https://us.test/websub/a/b",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.lease_seconds": str(10 * 86400),
        "hub.secret": "s" * 64,
    }


def test_what_was_asked_for_is_confirmed_with_the_challenge() -> None:
    reply, push = after_verification(requested(discovered(), now=NOW), asked(), now=NOW)

    assert (reply.status, reply.body) == (200, "ch4llenge")
    assert (push.phase, push.expires, push.failures) == (PushPhase.ACTIVE, NOW + 10 * DAY, 0)
    assert push.next_request == NOW + 8 * DAY


UNWANTED = [
    asked(topic="https://other.test/"),
    asked(mode="unsubscribe"),
    asked(mode="publish"),
    asked(challenge=""),
    asked(challenge="x" * (MAX_CHALLENGE + 1)),
    asked(challenge="<script>\n"),
    asked(challenge="é"),
    {},
]


@pytest.mark.parametrize("query", UNWANTED, ids=[str(n) for n in range(len(UNWANTED))])
def test_what_was_never_asked_for_is_not_confirmed(query: dict[str, str]) -> None:
    push = requested(discovered(), now=NOW)

    reply, after = after_verification(push, query, now=NOW)

    assert (reply.status, reply.body, after) == (404, "", push)


LEASES = [
    ("86400", DAY),
    ("1", LEASE_BOUNDS[0]),
    ("99999999999", LEASE_BOUNDS[1]),
    ("", LEASE_WANTED),
    ("0", LEASE_WANTED),
    ("-5", LEASE_WANTED),
    ("for ever", LEASE_WANTED),
]


@pytest.mark.parametrize(("said", "lease"), LEASES)
def test_a_lease_is_what_the_hub_says_within_bounds(said: str, lease: timedelta) -> None:
    _, push = after_verification(discovered(), asked(lease_seconds=said), now=NOW)

    assert push.expires == NOW + lease
    assert push.next_request is not None
    assert NOW < push.next_request < push.expires


def test_a_lease_is_renewed_without_a_gap() -> None:
    push = active()
    later = NOW + 8 * DAY

    assert is_due(push, now=later)
    renewing = requested(push, now=later)
    assert (renewing.phase, is_active(renewing, now=later)) == (PushPhase.ACTIVE, True)
    assert refused(renewing, "HTTP 503", now=later).phase is PushPhase.ACTIVE
    _, renewed = after_verification(renewing, asked(), now=later + HOUR)
    assert renewed.expires == later + HOUR + 10 * DAY


def test_a_lease_that_is_over_is_over() -> None:
    assert is_active(active(), now=NOW + 10 * DAY - timedelta(seconds=1))
    assert not is_active(active(), now=NOW + 10 * DAY)
    assert requested(active(), now=NOW + 11 * DAY).phase is PushPhase.ASKED


def test_a_denial_ends_the_subscription_for_a_week() -> None:
    reply, push = after_verification(active(), asked(mode="denied", reason="no more"), now=NOW)

    assert reply.status == 200
    assert (push.phase, push.reason, push.expires) == (PushPhase.DENIED, "no more", None)
    assert not is_due(push, now=NOW + DENIED_FOR - HOUR)
    assert after_verification(push, asked(), now=NOW)[0].status == 404
    again = requested(push, now=NOW + DENIED_FOR)
    assert after_verification(again, asked(), now=NOW + DENIED_FOR)[0].status == 200


def test_a_denial_of_another_topic_changes_nothing() -> None:
    query = asked(mode="denied", topic="https://other.test/")

    assert after_verification(active(), query, now=NOW)[1] == active()


def test_a_refusal_is_remembered_with_its_reason() -> None:
    push = refused(requested(discovered(), now=NOW), "HTTP 422", now=NOW)

    assert (push.phase, push.reason) == (PushPhase.FAILED, "HTTP 422")
    assert push.next_request == NOW + BACKOFF[0]


def signature(method: str, body: bytes, secret: str) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@given(st.sampled_from(["sha1", "sha256", "sha384", "sha512"]), st.binary(), st.text(min_size=1))
def test_a_body_signed_with_our_secret_is_the_hubs(method: str, body: bytes, secret: str) -> None:
    sound = signature(method, body, secret)

    assert is_signed(body, sound, secret)
    assert is_signed(body, sound.upper(), secret)
    assert not is_signed(body + b"x", sound, secret)
    assert not is_signed(body, sound, secret + "x")


FORGED = [
    "",
    "sha256",
    "sha256=",
    "md5=" + hashlib.md5(b"Rain").hexdigest(),  # noqa: S324  # to be refused
    signature("sha256", b"Rain", "other"),
    signature("sha256", b"Rain", "s")[:-1],
    signature("sha1", b"Rain", "s").replace("sha1", "sha256"),
    "sha256=é",
    "=",
]


@pytest.mark.parametrize("header", FORGED, ids=[str(n) for n in range(len(FORGED))])
def test_any_other_signature_is_none(header: str) -> None:
    assert not is_signed(b"Rain", header, "s")


def test_callbacks_and_secrets_are_of_one_feed_and_hub_and_short_enough() -> None:
    push = discovered()
    others = [discovered(hub="https://other.test/"), discovered(topic="https://news.test/atom")]
    tokens = {
        token_of(b"key", "news", push),
        token_of(b"yek", "news", push),
        token_of(b"key", "sport", push),
        secret_of(b"key", "news", push)[:43],
        *(token_of(b"key", "news", other) for other in others),
    }

    assert len(tokens) == 6
    assert len(secret_of(b"key", "news", push)) < 200


def test_a_hub_that_pushes_news_spares_us_the_polls() -> None:
    wanted, longest = NOW + HOUR / 4, 4 * HOUR
    pushing = after_push(active(), n_new=1, now=NOW)

    assert (pushing.n_pushes, pushing.last_push) == (1, NOW)
    assert next_poll(pushing, wanted, longest=longest, now=NOW) == NOW + longest
    # Not longer than the lease lasts, and not earlier than the server allows.
    end = NOW + 10 * DAY
    assert next_poll(pushing, end - HOUR, longest=longest, now=end - HOUR * 2) == end
    assert next_poll(pushing, NOW + 9 * HOUR, longest=longest, now=NOW) == NOW + 9 * HOUR


LAZY = [
    None,
    discovered(),
    requested(discovered(), now=NOW),
    active(),
    after_push(active(), n_new=0, now=NOW),
    after_poll_beside(after_push(active(), n_new=1, now=NOW), n_new=1),
    msgspec.structs.replace(after_push(active(), n_new=1, now=NOW), expires=NOW),
    after_verification(after_push(active(), n_new=1, now=NOW), asked(mode="denied"), now=NOW)[1],
]


@pytest.mark.parametrize("push", LAZY, ids=[str(n) for n in range(len(LAZY))])
def test_a_hub_that_does_not_push_spares_us_none(push: Push | None) -> None:
    wanted = NOW + HOUR / 4

    assert next_poll(push, wanted, longest=4 * HOUR, now=NOW) == wanted


def test_a_poll_that_finds_nothing_leaves_the_hub_its_trust() -> None:
    push = after_push(active(), n_new=1, now=NOW)

    assert after_poll_beside(push, n_new=0) == push
    assert not after_poll_beside(push, n_new=2).trusted
