"""Compute the state of a feed's subscription at its hub. Pure.

References in this module are to WebSub, W3C Recommendation of 23 January 2018.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streams.records import Push, PushPhase

REQUESTED_LEASE: Final = timedelta(days=10)
"""The lease that is requested; section 8.2: "10 days is a good default"."""

LEASE_BOUNDS: Final = (timedelta(minutes=1), timedelta(days=30))
"""Bounds to which a hub's lease is cut: a shorter one would be renewed continuously, and an
unlimited one is not allowed (section 5.3.1)."""

RENEW_AT: Final = 0.8
"""Share of a lease after which it is renewed: two of ten days remain for retries."""

BACKOFF: Final = (timedelta(minutes=10), timedelta(days=1))
"""First and longest wait for a hub's verification (section 5.1.2: "as soon as possible") before the
request is repeated; doubled with each repetition."""

DENIAL_WAIT: Final = timedelta(days=7)
"""Wait after a denial before the next request (section 5.2: "not possible anymore")."""

MAX_CHALLENGE: Final = 1024
"""Longest challenge that is echoed, in characters; section 8.2 asks for a limit."""

ALGORITHMS: Final = frozenset(("sha1", "sha256", "sha384", "sha512"))
"""Section 7.1.1; most hubs still sign with sha1."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The response to a hub.

    Attributes:
        status: 200, or 404 if the subscription was not requested; 503 to retry later.
        body: The challenge to echo; otherwise empty.
    """

    status: int
    body: str = ""


NOT_FOUND: Final = Reply(404)


def token_of(key: bytes, feed: str, push: Push) -> str:
    """Return the last part of a callback URL: unguessable, and different for each hub (5.1)."""
    return _digest(key, "callback", feed, push)[:43]


def secret_of(key: bytes, feed: str, push: Push) -> str:
    """Return the secret with which a hub signs: fewer than 200 bytes (section 5.1)."""
    return _digest(key, "secret", feed, push)


def subscription(push: Push | None, *, hub: str, topic: str, callback: str, now: datetime) -> Push:
    """Return the subscription for the hub and topic that a feed declares.

    Args:
        push: Current subscription, if any.
        hub: Hub discovered in the feed or its headers.
        topic: URL of the feed at the hub.
        callback: Digest of the public URL of the callbacks.
        now: Current time.

    Returns:
        The same subscription if nothing changed; otherwise a new one to be requested now.
    """
    if push is not None and (push.hub, push.topic, push.callback) == (hub, topic, callback):
        return push
    return Push(hub=hub, topic=topic, callback=callback, next_request=now)


def is_due(push: Push, *, now: datetime) -> bool:
    """Return whether a request to the hub is due."""
    return push.next_request is not None and push.next_request <= now


def request_form(push: Push, *, callback_url: str, secret: str) -> dict[str, str]:
    """Return the form of a subscription request (section 5.1)."""
    return {
        "hub.callback": callback_url,
        "hub.mode": "subscribe",
        "hub.topic": push.topic,
        "hub.lease_seconds": str(int(REQUESTED_LEASE.total_seconds())),
        "hub.secret": secret,
    }


def after_request(push: Push, *, now: datetime) -> Push:
    """Return the state after a request; it is repeated later unless the hub verifies it."""
    wait = min(BACKOFF[0] * 2 ** min(push.failures, 10), BACKOFF[1])
    return msgspec.structs.replace(
        push,
        phase=PushPhase.ACTIVE if is_active(push, now=now) else PushPhase.ASKED,
        next_request=now + wait,
        failures=push.failures + 1,
    )


def after_refusal(push: Push, error: str, *, now: datetime) -> Push:
    """Return the state after a refused request; a current lease remains valid."""
    return msgspec.structs.replace(
        push,
        phase=PushPhase.ACTIVE if is_active(push, now=now) else PushPhase.FAILED,
        reason=error[:2000],
    )


def after_verification(
    push: Push, query: Mapping[str, str], *, now: datetime
) -> tuple[Reply, Push]:
    """Return the response to a hub's verification of intent or denial, and the new state.

    Args:
        push: State before the request.
        query: Parameters of the request: ``hub.mode`` and so on.
        now: Current time.

    Returns:
        The response, with the challenge only if this topic was requested; and the state.

    References:
        Section 5.2 (denied), 5.3 (verification of intent), 8.2 (what may be echoed).
    """
    mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
    if topic != push.topic:
        return NOT_FOUND, push
    if mode == "denied":
        denied = msgspec.structs.replace(
            push,
            phase=PushPhase.DENIED,
            expires=None,
            trusted=False,
            next_request=now + DENIAL_WAIT,
            reason=query.get("hub.reason", "")[:2000] or "denied by the hub",
        )
        return Reply(200), denied
    challenge = query.get("hub.challenge", "")
    is_valid = (
        0 < len(challenge) <= MAX_CHALLENGE and challenge.isascii() and challenge.isprintable()
    )
    if mode != "subscribe" or push.phase is PushPhase.DENIED or not is_valid:
        return NOT_FOUND, push
    lease = _lease(query.get("hub.lease_seconds", ""))
    active = msgspec.structs.replace(
        push,
        phase=PushPhase.ACTIVE,
        expires=now + lease,
        next_request=now + lease * RENEW_AT,
        failures=0,
        reason="",
    )
    return Reply(200, challenge), active


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Return whether a body is signed with the secret; compares in constant time.

    Args:
        body: Body of the request, unchanged.
        header: ``X-Hub-Signature``: method, ``=``, hexadecimal digits; empty if there is none.
        secret: Secret that was sent to the hub.

    References:
        Section 7.1; RFC 2104 (HMAC).

    Examples:
        >>> is_signed(b"Rain", "sha256=" + hmac.new(b"s", b"Rain", "sha256").hexdigest(), "s")
        True
        >>> is_signed(b"Rain", "md5=" + hmac.new(b"s", b"Rain", "md5").hexdigest(), "s")
        False
    """
    method, _, digits = header.strip().partition("=")
    method = method.lower()
    if method not in ALGORITHMS:
        return False
    expected = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(expected.encode(), digits.strip().lower().encode())


def after_push(push: Push, *, n_new: int, now: datetime) -> Push:
    """Return the state after a valid push; new entries in it make the hub trusted."""
    return msgspec.structs.replace(
        push, last_push=now, n_pushes=push.n_pushes + 1, trusted=push.trusted or n_new > 0
    )


def after_poll(push: Push, *, n_new: int) -> Push:
    """Return the state after a poll; entries that the hub did not push end the trust in it."""
    return msgspec.structs.replace(push, trusted=False) if n_new and push.trusted else push


def is_active(push: Push, *, now: datetime) -> bool:
    """Return whether the hub has verified the subscription, and its lease has not expired."""
    return push.phase is PushPhase.ACTIVE and push.expires is not None and push.expires > now


def current_phase(push: Push, *, now: datetime) -> PushPhase:
    """Return the phase of a subscription; an expired lease counts as failed."""
    is_expired = push.phase is PushPhase.ACTIVE and not is_active(push, now=now)
    return PushPhase.FAILED if is_expired else push.phase


def next_poll(push: Push | None, usual: datetime, *, longest: timedelta, now: datetime) -> datetime:
    """Return the time of the next poll: later than usual while a trusted hub pushes.

    Args:
        push: Subscription of the feed, if any.
        usual: Time of the next poll without a subscription.
        longest: Longest wait in the feed's configuration.
        now: Time of the last poll or push.

    Returns:
        ``usual`` or later: at the end of the lease, or after the longest wait.
    """
    if push is None or push.expires is None or not push.trusted or not is_active(push, now=now):
        return usual
    return max(usual, min(now + longest, push.expires))


def _lease(text: str) -> timedelta:
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0  # noqa: PLR2004
    least, most = LEASE_BOUNDS
    # The field was optional in version 0.3 of the protocol.
    return min(max(timedelta(seconds=seconds), least), most) if seconds else REQUESTED_LEASE


def _digest(key: bytes, use: str, feed: str, push: Push) -> str:
    text = f"{use}\n{feed}\n{push.hub}\n{push.topic}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
