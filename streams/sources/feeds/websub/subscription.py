"""A feed's subscription at its hub: what happened and when in, its next state out.

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

LEASE_WANTED: Final = timedelta(days=10)
"""What is asked for; section 8.2: "10 days is a good default"."""

LEASE_BOUNDS: Final = (timedelta(minutes=1), timedelta(days=30))
"""What a hub's lease is cut to: a shorter one would be renewed all the time, and one without end
is not allowed (section 5.3.1)."""

RENEWED_AT: Final = 0.8
"""Share of a lease after which it is renewed: two days before ten are over, time for many tries."""

BACKOFF: Final = (timedelta(minutes=10), timedelta(days=1))
"""First and longest wait for a hub to verify (section 5.1.2: "as soon as possible") before it is
asked again; doubled each time that it does not."""

DENIED_FOR: Final = timedelta(days=7)
"""How long a denial is taken for an answer (section 5.2: "not possible anymore")."""

MAX_CHALLENGE: Final = 1024
"""Longest challenge that is echoed; section 8.2 asks for a bound."""

ALGORITHMS: Final = frozenset(("sha1", "sha256", "sha384", "sha512"))
"""Section 7.1.1; most hubs still sign with sha1."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a hub is answered.

    Attributes:
        status: 200, or 404 for what was never asked for.
        body: The challenge, where it is to be echoed.
    """

    status: int
    body: str = ""


NOT_WANTED: Final = Reply(404)


def token_of(key: bytes, feed: str, push: Push) -> str:
    """Give the last part of a callback: nobody guesses it, and no two hubs have the same (5.1)."""
    return _digest(key, "callback", feed, push)[:43]


def secret_of(key: bytes, feed: str, push: Push) -> str:
    """Give the secret that a hub signs with: fewer than 200 bytes (section 5.1)."""
    return _digest(key, "secret", feed, push)


def subscription(push: Push | None, *, hub: str, topic: str, callback: str, now: datetime) -> Push:
    """Bring a subscription in line with what a feed says of its hub.

    Args:
        push: As it stands; None: none yet.
        hub: Discovered in the feed or beside it.
        topic: What the feed calls itself there.
        callback: Digest of where this process is reached.
        now: When.

    Returns:
        The same where nothing changed; else one that is to be requested now.
    """
    if push is not None and (push.hub, push.topic, push.callback) == (hub, topic, callback):
        return push
    return Push(hub=hub, topic=topic, callback=callback, next_request=now)


def is_due(push: Push, *, now: datetime) -> bool:
    """Tell whether the hub is to be asked now."""
    return push.next_request is not None and push.next_request <= now


def form(push: Push, *, callback_url: str, secret: str) -> dict[str, str]:
    """Write a subscription request (section 5.1)."""
    return {
        "hub.callback": callback_url,
        "hub.mode": "subscribe",
        "hub.topic": push.topic,
        "hub.lease_seconds": str(int(LEASE_WANTED.total_seconds())),
        "hub.secret": secret,
    }


def requested(push: Push, *, now: datetime) -> Push:
    """Give the state when a hub is asked: asked again later, unless it verifies before."""
    wait = min(BACKOFF[0] * 2 ** min(push.failures, 10), BACKOFF[1])
    return msgspec.structs.replace(
        push,
        phase=PushPhase.ACTIVE if is_active(push, now=now) else PushPhase.ASKED,
        next_request=now + wait,
        failures=push.failures + 1,
    )


def refused(push: Push, error: str, *, now: datetime) -> Push:
    """Give the state when a hub did not accept a request; a lease that it gave still holds."""
    return msgspec.structs.replace(
        push,
        phase=PushPhase.ACTIVE if is_active(push, now=now) else PushPhase.FAILED,
        reason=error[:2000],
    )


def after_verification(
    push: Push, query: Mapping[str, str], *, now: datetime
) -> tuple[Reply, Push]:
    """Answer a hub that asks whether we meant it, or says that it will not.

    Args:
        push: Before.
        query: Its parameters: ``hub.mode`` and so on.
        now: When.

    Returns:
        What to answer; the challenge only if we want this topic of this hub.

    References:
        Section 5.2 (denied), 5.3 (verification of intent), 8.2 (what may be echoed).
    """
    mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
    if topic != push.topic:
        return NOT_WANTED, push
    if mode == "denied":
        denied = msgspec.structs.replace(
            push,
            phase=PushPhase.DENIED,
            expires=None,
            trusted=False,
            next_request=now + DENIED_FOR,
            reason=query.get("hub.reason", "")[:2000] or "denied by the hub",
        )
        return Reply(200), denied
    challenge = query.get("hub.challenge", "")
    sound = 0 < len(challenge) <= MAX_CHALLENGE and challenge.isascii() and challenge.isprintable()
    if mode != "subscribe" or push.phase is PushPhase.DENIED or not sound:
        return NOT_WANTED, push
    lease = _lease(query.get("hub.lease_seconds", ""))
    active = msgspec.structs.replace(
        push,
        phase=PushPhase.ACTIVE,
        expires=now + lease,
        next_request=now + lease * RENEWED_AT,
        failures=0,
        reason="",
    )
    return Reply(200, challenge), active


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Tell whether a hub that knows the secret sent a body; in constant time.

    Args:
        body: As it came.
        header: ``X-Hub-Signature``: method, ``=``, hexadecimal digits; empty if there is none.
        secret: That the hub was given.

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
    """Give the state after a push that could be read; with news in it the hub is trusted."""
    return msgspec.structs.replace(
        push, last_push=now, n_pushes=push.n_pushes + 1, trusted=push.trusted or n_new > 0
    )


def after_poll_beside(push: Push, *, n_new: int) -> Push:
    """Give the state after a poll: a hub that did not push what it found is trusted no more."""
    return msgspec.structs.replace(push, trusted=False) if n_new and push.trusted else push


def is_active(push: Push, *, now: datetime) -> bool:
    """Tell whether the hub has verified, and its lease is not over."""
    return push.phase is PushPhase.ACTIVE and push.expires is not None and push.expires > now


def phase_now(push: Push, *, now: datetime) -> PushPhase:
    """Tell where a subscription stands: one whose lease is over is not active any more."""
    over = push.phase is PushPhase.ACTIVE and not is_active(push, now=now)
    return PushPhase.FAILED if over else push.phase


def next_poll(
    push: Push | None, wanted: datetime, *, longest: timedelta, now: datetime
) -> datetime:
    """Say when to poll a feed whose hub may push: rarely while it does, as usual otherwise.

    Args:
        push: The feed's subscription; None: it has none.
        wanted: When it would be polled without.
        longest: Longest wait that the feed's owner allows.
        now: When the feed was polled or pushed last.

    Returns:
        ``wanted`` or later: at the end of the lease, or after the longest wait.
    """
    if push is None or push.expires is None or not push.trusted or not is_active(push, now=now):
        return wanted
    return max(wanted, min(now + longest, push.expires))


def _lease(text: str) -> timedelta:
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0  # noqa: PLR2004
    least, most = LEASE_BOUNDS
    # Version 0.3 of the protocol let hubs leave it out.
    return min(max(timedelta(seconds=seconds), least), most) if seconds else LEASE_WANTED


def _digest(key: bytes, use: str, feed: str, push: Push) -> str:
    text = f"{use}\n{feed}\n{push.hub}\n{push.topic}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
