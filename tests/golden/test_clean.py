"""Golden cases of the clean stage: one folder for each real-world oddity.

A case has ``raw.json``, a RawArticle; its body in ``body.txt`` or ``body.html``, so that it is
readable; ``expected.json``, the complete outcome; and ``note.md``, which describes the oddity.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.clean.article import clean_article
from streams.outcome import Drop, Emit, Outcome, Reject
from streams.records import RawArticle, decode, encode

CASES = sorted(path.parent for path in (Path(__file__).parent / "clean").glob("*/raw.json"))


def _raw(case: Path) -> RawArticle:
    raw = decode((case / "raw.json").read_bytes(), RawArticle)
    bodies = [path.read_bytes() for path in case.glob("body.*")]
    return msgspec.structs.replace(raw, body=bodies[0]) if bodies else raw


def _readable(outcome: Outcome[Any]) -> dict[str, Any]:
    match outcome:
        case Emit(record):
            fields: dict[str, Any] = json.loads(encode(record))
            text = fields["text"]
            fields["paragraphs"] = [
                f"{part['kind']}: {text[part['start'] : part['end']]}"
                for part in fields["paragraphs"]
            ]
            return {"emit": {name: value for name, value in fields.items() if name != "text"}}
        case Drop(reason, evidence):
            return {"drop": reason, "evidence": evidence}
        case Reject(reason, detail):
            return {"reject": reason, "detail": detail}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_clean_article_equals_golden_case(
    case: Path,
    update_golden: bool,  # noqa: FBT001
) -> None:
    outcome = _readable(clean_article(_raw(case), max_page_bytes=2_000_000))
    expected = case / "expected.json"
    if update_golden:
        expected.write_text(json.dumps(outcome, ensure_ascii=False, indent=2) + "\n")

    assert outcome == json.loads(expected.read_text())


def test_golden_cases_have_notes() -> None:
    assert all((case / "note.md").read_text().strip() for case in CASES)
