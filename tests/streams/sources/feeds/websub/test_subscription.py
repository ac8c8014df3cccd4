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
    DENIAL_WAIT,
    LEASE_BOUNDS,
    MAX_CHALLENGE,
    REQUESTED_LEASE,
    after_poll,
    after_push,
    after_refusal,
    after_request,
    after_verification,
    is_active,
    is_due,
    is_signed,
    next_poll,
    request_form,
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
    """Return the subscription of a feed that names a hub."""
    fields = {"hub": HUB, "topic": TOPIC, "callback": "c", **changes}
    return subscription(push, **fields, now=NOW)


def hub_query(**query: str) -> dict[str, str]:
    """Return the parameters of a verification."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.challenge": "ch4llenge",
        "hub.lease_seconds": "864000",
    } | {f"hub.{name}": value for name, value in query.items()}


def active() -> Push:
    """Return a subscription that the hub has verified for ten days."""
    return after_verification(after_request(discovered(), now=NOW), hub_query(), now=NOW)[1]


def test_new_subscription_is_due() -> None:
    assert is_due(discovered(), now=NOW)


def test_requested_subscription_is_due_after_backoff() -> None:
    push = after_request(discovered(), now=NOW)

    assert push.phase is PushPhase.ASKED
    assert not is_due(push, now=NOW + BACKOFF[0] - timedelta(seconds=1))
    assert is_due(push, now=NOW + BACKOFF[0])


@pytest.mark.parametrize("change", ["hub", "topic", "callback"])
def test_subscription_changes_with_hub_topic_and_callback(change: str) -> None:
    push = active()

    assert discovered(push) == push
    assert discovered(push, **{change: "https://other.test/"}) == Push(
        **{"hub": HUB, "topic": TOPIC, "callback": "c", change: "https://other.test/"},
        next_request=NOW,
    )


def test_after_request_doubles_wait_until_limit() -> None:
    push, now, waits = discovered(), NOW, []
    for _ in range(12):
        push = after_request(push, now=now)
        assert push.next_request is not None
        waits.append(push.next_request - now)
        now = push.next_request

    assert waits[:3] == [BACKOFF[0], 2 * BACKOFF[0], 4 * BACKOFF[0]]
    assert waits == sorted(waits)
    assert waits[-1] == BACKOFF[1]


def test_request_form_has_all_fields() -> None:
    form = request_form(discovered(), callback_url="https://us.test/websub/a/b", secret="s" * 64)

    assert form == {
        "hub.callback": "https://us.test/websub/a/b",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.lease_seconds": str(10 * 86400),
        "hub.secret": "s" * 64,
    }


def test_verification_echoes_challenge() -> None:
    reply, push = after_verification(after_request(discovered(), now=NOW), hub_query(), now=NOW)

    assert (reply.status, reply.body) == (200, "ch4llenge")
    assert (push.phase, push.expires, push.failures) == (PushPhase.ACTIVE, NOW + 10 * DAY, 0)
    assert push.next_request == NOW + 8 * DAY


UNWANTED = [
    hub_query(topic="https://other.test/"),
    hub_query(mode="unsubscribe"),
    hub_query(mode="publish"),
    hub_query(challenge=""),
    hub_query(challenge="x" * (MAX_CHALLENGE + 1)),
    hub_query(challenge="<script>\n"),
    hub_query(challenge="é"),
    {},
]


@pytest.mark.parametrize("query", UNWANTED, ids=[str(n) for n in range(len(UNWANTED))])
def test_unexpected_verification_is_refused(query: dict[str, str]) -> None:
    push = after_request(discovered(), now=NOW)

    reply, after = after_verification(push, query, now=NOW)

    assert (reply.status, reply.body, after) == (404, "", push)


LEASES = [
    ("86400", DAY),
    ("1", LEASE_BOUNDS[0]),
    ("99999999999", LEASE_BOUNDS[1]),
    ("", REQUESTED_LEASE),
    ("0", REQUESTED_LEASE),
    ("-5", REQUESTED_LEASE),
    ("forever", REQUESTED_LEASE),
]


@pytest.mark.parametrize(("text", "lease"), LEASES)
def test_lease_is_limited_to_bounds(text: str, lease: timedelta) -> None:
    _, push = after_verification(discovered(), hub_query(lease_seconds=text), now=NOW)

    assert push.expires == NOW + lease
    assert push.next_request is not None
    assert NOW < push.next_request < push.expires


def test_lease_is_renewed_without_gap() -> None:
    push = active()
    later = NOW + 8 * DAY

    assert is_due(push, now=later)
    renewing = after_request(push, now=later)
    assert (renewing.phase, is_active(renewing, now=later)) == (PushPhase.ACTIVE, True)
    assert after_refusal(renewing, "HTTP 503", now=later).phase is PushPhase.ACTIVE
    _, renewed = after_verification(renewing, hub_query(), now=later + HOUR)
    assert renewed.expires == later + HOUR + 10 * DAY


def test_expired_lease_is_not_active() -> None:
    assert is_active(active(), now=NOW + 10 * DAY - timedelta(seconds=1))
    assert not is_active(active(), now=NOW + 10 * DAY)
    assert after_request(active(), now=NOW + 11 * DAY).phase is PushPhase.ASKED


def test_denial_ends_subscription_for_a_week() -> None:
    reply, push = after_verification(active(), hub_query(mode="denied", reason="no more"), now=NOW)

    assert reply.status == 200
    assert (push.phase, push.reason, push.expires) == (PushPhase.DENIED, "no more", None)
    assert not is_due(push, now=NOW + DENIAL_WAIT - HOUR)
    assert after_verification(push, hub_query(), now=NOW)[0].status == 404
    again = after_request(push, now=NOW + DENIAL_WAIT)
    assert after_verification(again, hub_query(), now=NOW + DENIAL_WAIT)[0].status == 200


def test_denial_of_other_topic_changes_nothing() -> None:
    query = hub_query(mode="denied", topic="https://other.test/")

    assert after_verification(active(), query, now=NOW)[1] == active()


def test_after_refusal_stores_reason() -> None:
    push = after_refusal(after_request(discovered(), now=NOW), "HTTP 422", now=NOW)

    assert (push.phase, push.reason) == (PushPhase.FAILED, "HTTP 422")
    assert push.next_request == NOW + BACKOFF[0]


def signature(method: str, body: bytes, secret: str) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@given(st.sampled_from(["sha1", "sha256", "sha384", "sha512"]), st.binary(), st.text(min_size=1))
def test_is_signed_with_secret(method: str, body: bytes, secret: str) -> None:
    valid = signature(method, body, secret)

    assert is_signed(body, valid, secret)
    assert is_signed(body, valid.upper(), secret)
    assert not is_signed(body + b"x", valid, secret)
    assert not is_signed(body, valid, secret + "x")


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
def test_is_signed_refuses_other_signature(header: str) -> None:
    assert not is_signed(b"Rain", header, "s")


def test_tokens_and_secrets_differ_by_feed_and_hub() -> None:
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


def test_next_poll_is_later_while_hub_pushes() -> None:
    usual, longest = NOW + HOUR / 4, 4 * HOUR
    pushing = after_push(active(), n_new=1, now=NOW)

    assert (pushing.n_pushes, pushing.last_push) == (1, NOW)
    assert next_poll(pushing, usual, longest=longest, now=NOW) == NOW + longest
    # Not later than the end of the lease, and not earlier than the server allows.
    end = NOW + 10 * DAY
    assert next_poll(pushing, end - HOUR, longest=longest, now=end - HOUR * 2) == end
    assert next_poll(pushing, NOW + 9 * HOUR, longest=longest, now=NOW) == NOW + 9 * HOUR


LAZY = [
    None,
    discovered(),
    after_request(discovered(), now=NOW),
    active(),
    after_push(active(), n_new=0, now=NOW),
    after_poll(after_push(active(), n_new=1, now=NOW), n_new=1),
    msgspec.structs.replace(after_push(active(), n_new=1, now=NOW), expires=NOW),
    after_verification(after_push(active(), n_new=1, now=NOW), hub_query(mode="denied"), now=NOW)[
        1
    ],
]


@pytest.mark.parametrize("push", LAZY, ids=[str(n) for n in range(len(LAZY))])
def test_next_poll_is_usual_without_pushes(push: Push | None) -> None:
    usual = NOW + HOUR / 4

    assert next_poll(push, usual, longest=4 * HOUR, now=NOW) == usual


def test_after_poll_without_entries_keeps_trust() -> None:
    push = after_push(active(), n_new=1, now=NOW)

    assert after_poll(push, n_new=0) == push
    assert not after_poll(push, n_new=2).trusted
