"""Conservation, compared: who is missing, who ended twice, how often anything was repeated."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.inspect.audit import ENDS, Audit, compare_origins

ENDED, ALSO = ENDS[0].name, ENDS[1].name


def audited(origins: set[str], **ends: dict[str, int]) -> Audit:
    """An audit of these origins, and of how often each was found at which end."""
    found = {topic.name: Counter[str]() for topic in ENDS}
    for name, counts in ends.items():
        found[{"enriched": ENDED, "duplicates": ALSO}[name]].update(counts)
    return compare_origins(origins, found)


@pytest.mark.parametrize(
    ("audit", "conserved", "missing", "twice", "repeats", "strange"),
    [
        (audited(set()), True, [], [], 0, 0),
        (audited({"a", "b"}, enriched={"a": 1}, duplicates={"b": 1}), True, [], [], 0, 0),
        (audited({"a", "b"}, enriched={"a": 1}), False, ["b"], [], 0, 0),
        (audited({"a"}, enriched={"a": 1}, duplicates={"a": 1}), False, [], ["a"], 0, 0),
        (audited({"a"}, enriched={"a": 3}), True, [], [], 2, 0),
        (audited({"a"}, enriched={"a": 1, "gone": 1}), True, [], [], 0, 1),
    ],
    ids=["nothing", "sound", "missing", "twice", "repeated", "left the raw topic"],
)
def test_audit_tells_what_became_of_every_origin(
    audit: Audit,
    *,
    conserved: bool,
    missing: list[str],
    twice: list[str],
    repeats: int,
    strange: int,
) -> None:
    assert (audit.conserved, audit.missing, audit.twice, audit.repeats, audit.strange) == (
        conserved,
        missing,
        twice,
        repeats,
        strange,
    )


@given(
    ends=st.dictionaries(
        st.integers(0, 30).map(str), st.lists(st.sampled_from([ENDED, ALSO]), max_size=3)
    )
)
def test_audit_accounts_for_every_origin_once(ends: dict[str, list[str]]) -> None:
    found = {topic.name: Counter[str]() for topic in ENDS}
    for origin, topics in ends.items():
        for topic in topics:
            found[topic][origin] += 1

    audit = compare_origins(set(ends), found)

    once = {origin for origin, topics in ends.items() if len(set(topics)) == 1}
    assert once | {*audit.missing, *audit.twice} == set(ends)
    assert len(once) + len(audit.missing) + len(audit.twice) == audit.origins
    assert audit.repeats == sum(map(len, ends.values())) - sum(audit.ends.values())
