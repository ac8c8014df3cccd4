"""Ids of messages."""

from hypothesis import given
from hypothesis import strategies as st

from streams.deliver.ledger.delivery import group_id

KEYS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1), min_size=1
)


@given(KEYS.map(tuple), KEYS.map(tuple))
def test_group_id_depends_on_members_only(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (group_id(one) == group_id(other)) == (one == other)
