"""Plain texts: wire copy, saved pages, full text of feeds."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.plain_text.layout import parse_plain_text
from streams.records.clean import ParagraphKind

BODY = (
    "The harbor bridge opened to traffic on Monday, three months after a storm damaged it.\n\n"
    "Ferries will run for another week, the port authority said in a statement."
)


@given(st.text(), st.text(max_size=20))
def test_parse_plain_text_accepts_any_text(text: str, title: str) -> None:
    reading = parse_plain_text(text, title=title)

    assert all(block.text.strip() for block in reading.blocks)


@pytest.mark.parametrize(
    ("head", "title", "site"),
    [
        ("Bridge reopens after storm", "Bridge reopens after storm", ""),
        (
            "Harbor Times\n\nBridge reopens after storm",
            "Bridge reopens after storm",
            "Harbor Times",
        ),
        (
            "Whole Harbor World\n\nBridge - a storm story - News\n\nBridge – a storm story – News",
            "Bridge - a storm story",
            "Whole Harbor World",
        ),
        ("Bridge reopens | Harbor Times\n\nBridge reopens", "Bridge reopens", ""),
        (
            "The Daily Harbor\n\nBridge reopens | The Daily Harbor\n\nBy Ann Example\n\n2 May 2026",
            "Bridge reopens",
            "The Daily Harbor",
        ),
        ("Bridge reopens\n\nBridge reopens\n\nBridge reopens", "Bridge reopens", ""),
    ],
)
def test_parse_plain_text_finds_title_and_site(head: str, title: str, site: str) -> None:
    reading = parse_plain_text(f"{head}\n\n{BODY}")

    assert (reading.title, reading.site_name) == (title, site)
    assert "\n\n".join(block.text for block in reading.blocks) == BODY


def test_text_without_headline_has_no_title() -> None:
    assert parse_plain_text(BODY).title == ""


def test_known_title_is_removed_from_text() -> None:
    reading = parse_plain_text(
        f"BRIDGE REOPENS AFTER STORM\n{BODY}", title="Bridge reopens after storm"
    )

    assert reading.blocks[0].text.startswith("The harbor bridge")


@pytest.mark.parametrize("mark", ["•", "●", "▪", "-", "*", "–"])
def test_bullets_below_title_are_summary(mark: str) -> None:
    text = f"Bridge reopens\n\n{mark} It took long.\n\n{mark} It was dear.\n\n{BODY}"

    kinds = [block.kind for block in parse_plain_text(text).blocks]

    assert kinds[:2] == [ParagraphKind.SUMMARY] * 2
    assert kinds[2] is ParagraphKind.PARAGRAPH


def test_bullets_in_text_are_items_without_marks() -> None:
    blocks = parse_plain_text(f"{BODY}\n\n• One thing\n• Another thing", title="Bridge").blocks

    assert [(b.kind, b.text) for b in blocks[2:]] == [
        (ParagraphKind.LIST_ITEM, "One thing"),
        (ParagraphKind.LIST_ITEM, "Another thing"),
    ]


def test_single_dash_is_dialogue() -> None:
    blocks = parse_plain_text(f"{BODY}\n\n– We are glad, the mayor said.", title="Bridge").blocks

    assert blocks[-1].text.startswith("– We")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("What comes next", ParagraphKind.HEADING),
        ("“It took long”", ParagraphKind.HEADING),
        ("It took long.", ParagraphKind.PARAGRAPH),
        ("and so on", ParagraphKind.PARAGRAPH),
        ("Net 807 vs 858 in 1986", ParagraphKind.PARAGRAPH),
        ("The mayor said that:", ParagraphKind.PARAGRAPH),
    ],
)
def test_short_line_above_running_text_is_heading(line: str, kind: ParagraphKind) -> None:
    first, second = BODY.split("\n\n")

    assert parse_plain_text(f"{first}\n\n{line}\n\n{second}", title="T").blocks[1].kind is kind


@pytest.mark.parametrize("body", ["******Blah blah blah.", "n/a", "N/A.", "None", "Blah blah", ""])
def test_placeholder_is_no_text(body: str) -> None:
    assert parse_plain_text(body, title="Bridge").blocks == ()


@pytest.mark.parametrize(
    "end", ["\n Reuter", "\n\nREUTER", " (Reuters)", "\n REUTER...", "\n\n- MORE -"]
)
def test_sign_off_is_removed_from_text(end: str) -> None:
    reading = parse_plain_text(BODY + end, title="Bridge")

    assert reading.blocks[-1].text.endswith("statement.")


def test_boilerplate_is_removed_from_text() -> None:
    text = f"{BODY}\n\n(This story has not been edited by our staff.)\n\n© Harbor Times"

    assert len(parse_plain_text(text, title="Bridge").blocks) == 2


def test_one_paragraph_per_line_is_kept() -> None:
    lines = [f"{n} people crossed the harbor bridge on the first day of the week." for n in "123"]

    assert [b.text for b in parse_plain_text("\n".join(lines), title="Bridge").blocks] == lines


def test_parse_plain_text_of_wire_items(shared: Path) -> None:
    import json  # noqa: PLC0415
    import lzma  # noqa: PLC0415
    from itertools import islice  # noqa: PLC0415

    with lzma.open(shared / "evals/replay/reuters-21578.jsonl.xz") as lines:
        items = [json.loads(line) for line in islice(lines, 300)]
    readings = [
        parse_plain_text(f"{i['dateline']} {i['text']}", title=i["title"] or "") for i in items
    ]

    assert sum(reading.agency == "Reuters" for reading in readings) > 250
    assert not any("\n" in block.text for reading in readings for block in reading.blocks)
