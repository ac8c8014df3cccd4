"""HTTP statuses as results of a delivery."""

from datetime import timedelta

import pytest

from streams.deliver.channels.result import LONGEST_WAIT, SendStatus, result_of_status
from tests.support.deliver import NOON


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        *((status, SendStatus.ACCEPTED) for status in (200, 201, 202, 204, 299)),
        *((status, SendStatus.RETRY) for status in (302, 408, 425, 429, 500, 502, 503, 504, 599)),
        *((status, SendStatus.REFUSED) for status in (400, 401, 403, 404, 413, 422, 499)),
        (410, SendStatus.GONE),
        (100, SendStatus.RETRY),
    ],
)
def test_http_status_decides_verdict(status: int, verdict: SendStatus) -> None:
    assert result_of_status(status, now=NOON).verdict is verdict


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 02 Mar 2020 12:05:00 GMT", timedelta(0)),
        ("soon", timedelta(0)),
        ("99999999", LONGEST_WAIT),
    ],
)
def test_retry_after_accepts_seconds_and_date_up_to_limit(header: str, wait: timedelta) -> None:
    assert result_of_status(503, header, now=NOON).wait == wait
