"""Make labeled pairs from invented texts: reports of one template, shared boilerplate, versions."""

import random
from collections.abc import Iterator
from itertools import combinations, pairwise

from streams.evaluate.duplicates import Pair
from tests.support.templated_reports import templated_reports
from tools.duplicates.stories import (
    ANNOUNCEMENTS,
    BOILERPLATE,
    DAYS,
    HINWEISE,
    ITEMS,
    MELDUNGEN,
    PLACES,
    SERIES,
    STORIES,
    UPDATES,
)

PER_TEMPLATE = 12
"""Number of pairs of reports of each template."""

Text = tuple[str, str]
"""Headline and text."""


def templated_pairs() -> Iterator[Pair]:
    """Yield pairs of two reports of one template, and of a report and its copy.

    Most pairs have closing paragraphs, which make texts more alike without making them copies.
    """
    chance = random.Random(7)  # noqa: S311  # the same pairs every time
    reports: dict[str, list[Text]] = {}
    for name, report in templated_reports():
        reports.setdefault(name, []).append((report.title, report.text))
    for name, texts in reports.items():
        couples = chance.sample(list(combinations(texts, 2)), PER_TEMPLATE)
        for number, (one, other) in enumerate(couples):
            tails = BOILERPLATE[: number % (len(BOILERPLATE) + 1)]
            tail = "".join(f" {paragraph}" for paragraph in tails)
            yield _pair(f"template {name} {number}", _with(one, tail), _with(other, tail), 0)
        for number, report in enumerate(texts[:4]):
            tail = f" {BOILERPLATE[number]}" if number % 2 else " More on this tomorrow."
            yield _pair(f"template {name} copy {number}", report, _with(report, tail), 1)


def announcement_pairs() -> Iterator[Pair]:
    """Yield pairs of announcements that differ in one name, and of an announcement and its copy."""
    for at, (title, text) in enumerate(ANNOUNCEMENTS):
        for number, (one, other) in enumerate(pairwise(PLACES)):
            tail = f" {BOILERPLATE[number % len(BOILERPLATE)]}" if number % 2 else ""
            sides = [_with((title.format(name), text.format(name)), tail) for name in (one, other)]
            yield _pair(f"announcement {at} {one}, {other}", sides[0], sides[1], 0)
        for number, name in enumerate(PLACES[:4]):
            first = title.format(name), text.format(name)
            update = f" {UPDATES[number]}"
            yield _pair(f"announcement {at} {name}, again", first, _with(first, update), 1)
            other_title = f"News from {name}", first[1] + update
            yield _pair(f"announcement {at} {name}, headline", first, other_title, 1)


def boilerplate_pairs() -> Iterator[Pair]:
    """Yield pairs of short items that share an opening or closing paragraph only."""
    chance = random.Random(8)  # noqa: S311
    for items, tails in ((ITEMS, BOILERPLATE), (MELDUNGEN, HINWEISE)):
        for tail in tails:
            couples = list(combinations(items, 2))
            for number, (one, other) in enumerate(chance.sample(couples, min(6, len(couples)))):
                place = _after if number % 3 else _before
                yield _pair(f"item {one[0]} {number}", place(one, tail), place(other, tail), 0)
    for number, (one, other) in enumerate(pairwise(ITEMS)):
        tail = BOILERPLATE[number % len(BOILERPLATE)]
        longer = one[0], f"{one[1]} {UPDATES[number % len(UPDATES)]}"
        yield _pair(f"item {one[0]} copy", _after(one, tail), _after(longer, tail), 1)
        yield _pair(f"background {other[0]}", *_with_background(one, other, number), 0)


def version_pairs() -> Iterator[Pair]:
    """Yield pairs of versions of a story: shortened, extended, updated, rewritten in part."""
    chance = random.Random(9)  # noqa: S311
    for name, (title, *parts) in STORIES.items():
        whole = title, " ".join(parts)
        for kept in (3, 4, 6):
            yield _pair(f"{name} first {kept}", whole, (title, " ".join(parts[:kept])), 1)
            yield _pair(f"{name} first {kept}, longer", (title, " ".join(parts[:kept])), whole, 1)
        for count in (1, 2, 3):
            new = chance.sample(UPDATES, count)
            yield _pair(f"{name} + {count}", whole, (title, " ".join((*parts, *new))), 1)
            lead = (title.replace(" ", ", after all, ", 1), " ".join((*new, *parts)))
            yield _pair(f"{name}, lead of {count}", whole, lead, 1)
            middle = (*parts[:2], *new, *parts[2:6])
            yield _pair(f"{name}, update {count}", whole, (title, " ".join(middle)), 1)
        for tail in BOILERPLATE:
            other = " ".join(parts[:6])
            yield _pair(f"{name}, tail", whole, (f"What {title} means", f"{other} {tail}"), 1)
        for other_name, (other_title, *others) in STORIES.items():
            if other_name > name:
                mixed = " ".join((*others[:5], parts[5]))
                yield _pair(f"{name}, {other_name}", whole, (other_title, mixed), 0)


def series_pairs() -> Iterator[Pair]:
    """Yield pairs of reports that come again with other figures, and of reports sent again."""
    chance = random.Random(10)  # noqa: S311
    for title, text in SERIES:
        for number, hours in enumerate((24, 24, 48, 96, 168, 168)):
            for changed in (22, 3, 1):
                figures = _figures(chance)
                others = [*_figures(chance)[:changed], *figures[changed:]]
                one = _report(text, figures, number)
                other = _report(text, others, number if hours > 100 else number + 1)  # noqa: PLR2004
                name = f"{title}, {hours} hours {number} {changed}"
                yield _pair(name, (title, one), (title, other), 0, hours)
        for number, hours in enumerate((0.5, 3, 30)):
            report = _report(text, _figures(chance), number)
            again = f"{report} {UPDATES[number]}" if number else f"CORRECTED {report}"
            yield _pair(f"{title}, again {number}", (title, report), (title, again), 1, hours)


def _figures(chance: random.Random) -> list[str]:
    return [str(round(chance.uniform(20, 900), chance.choice((0, 1)))) for _ in range(22)]


def _report(text: str, figures: list[str], day: int) -> str:
    return text.format(*figures, day=DAYS[day % len(DAYS)])


def _with_background(one: Text, other: Text, number: int) -> tuple[Text, Text]:
    """Return two items with the same three sentences of background."""
    shared = " ".join(UPDATES[(number + step) % len(UPDATES)] for step in range(3))
    return _after(one, shared), _after(other, shared)


def _pair(name: str, one: Text, other: Text, label: int, hours: float = 0) -> Pair:
    return Pair(
        name,
        one[1],
        other[1],
        is_copy=bool(label),
        a_title=one[0],
        b_title=other[0],
        hours=hours,
    )


def _with(text: Text, tail: str) -> Text:
    return text[0], text[1] + tail


def _after(text: Text, paragraph: str) -> Text:
    return text[0], f"{text[1]} {paragraph}"


def _before(text: Text, paragraph: str) -> Text:
    return text[0], f"{paragraph} {text[1]}"
