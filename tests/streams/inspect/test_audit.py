"""Origins compared with their ends: missing, double, redelivered."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.inspect.audit import ENDS, Audit, compare_origins

ENDED, ALSO = ENDS[0].name, ENDS[1].name


def audit_of(origins: set[str], **ends: dict[str, int]) -> Audit:
    """Return the audit of these origins, with the number of records of each at the ends."""
    counts_by_topic = {topic.name: Counter[str]() for topic in ENDS}
    for name, counts in ends.items():
        counts_by_topic[{"enriched": ENDED, "duplicates": ALSO}[name]].update(counts)
    return compare_origins(origins, counts_by_topic)


@pytest.mark.parametrize(
    ("audit", "conserved", "missing", "twice", "repeats", "strange"),
    [
        (audit_of(set()), True, [], [], 0, 0),
        (audit_of({"a", "b"}, enriched={"a": 1}, duplicates={"b": 1}), True, [], [], 0, 0),
        (audit_of({"a", "b"}, enriched={"a": 1}), False, ["b"], [], 0, 0),
        (audit_of({"a"}, enriched={"a": 1}, duplicates={"a": 1}), False, [], ["a"], 0, 0),
        (audit_of({"a"}, enriched={"a": 3}), True, [], [], 2, 0),
        (audit_of({"a"}, enriched={"a": 1, "gone": 1}), True, [], [], 0, 1),
    ],
    ids=["nothing", "sound", "missing", "twice", "repeated", "left the raw topic"],
)
def test_audit_reports_where_origins_ended(
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
    counts_by_topic = {topic.name: Counter[str]() for topic in ENDS}
    for origin, topics in ends.items():
        for topic in topics:
            counts_by_topic[topic][origin] += 1

    audit = compare_origins(set(ends), counts_by_topic)

    once = {origin for origin, topics in ends.items() if len(set(topics)) == 1}
    assert once | {*audit.missing, *audit.twice} == set(ends)
    assert len(once) + len(audit.missing) + len(audit.twice) == audit.origins
    assert audit.repeats == sum(map(len, ends.values())) - sum(audit.ends.values())
