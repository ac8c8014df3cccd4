"""Shares of tokens."""

import pytest

from streams.serve.shares import Shares, ShareSpentError


def test_take_counts_at_once() -> None:
    shares = Shares(of_token=2, total=3)
    first, _ = shares.take("wire"), shares.take("wire")

    with pytest.raises(ShareSpentError):
        shares.take("wire")
    shares.take("desk")
    with pytest.raises(ShareSpentError):
        shares.take("other")

    first()
    first()
    shares.take("wire")
    with pytest.raises(ShareSpentError):
        shares.take("desk")


def test_taken_is_given_back_after_an_error() -> None:
    shares = Shares(of_token=1, total=1)

    with pytest.raises(OSError, match="gone"), shares.taken("wire"):
        raise OSError("gone")

    assert shares.n_taken("wire") == 0
