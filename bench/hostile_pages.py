"""Read pages and texts built to hang or exhaust a reader: time, memory and result of each."""

import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime

from streams.clean.article import clean_article
from streams.outcome import Drop, Emit, Reject
from streams.records.identity import article_id
from streams.records.raw import RawArticle

MAX_PAGE_BYTES = 20 * 1024 * 1024
"""Ten times the pipeline's limit, to see the effect of the other limits."""

HEAD = "<html><head><title>Rain comes to the north</title></head><body><h1>Rain comes</h1>"
TEXT = "<p>" + "The minister said on Monday that rain would come. " * 8 + "</p>"
SENTENCE = "This is paragraph number {} with enough letters to be counted here."

PAGES = {
    "1 MB of paragraphs": HEAD + TEXT * 2500,
    "5 MB of paragraphs": HEAD + TEXT * 12_500,
    "2 MB in one paragraph": HEAD + "<p>" + "word and more. " * 140_000,
    "2 MB in one word": HEAD + "<p>" + "x" * 2_000_000,
    "50,000 links": HEAD + "<li><a href=/a>one link text here</a></li>" * 50_000,
    "100,000 line breaks": HEAD + "<p>" + "text.<br>" * 100_000,
    "90,000 line breaks": HEAD + "<p>" + "text.<br>" * 90_000,
    "20,000 rows": HEAD + "<table>" + "<tr><td>a 1</td><td>b 2.</td></tr>" * 20_000,
    "20,000 dated paragraphs": HEAD + "<p>On 12 May 2020 it rained. </p>" * 20_000,
    "100,000 attributes": HEAD + "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x",
    "200 tags of 900 attributes": HEAD
    + ("<p " + " ".join(f"a{n}=1" for n in range(900)) + ">x</p>") * 200,
    "100,000 nested div": HEAD + "<div>" * 100_000 + "x",
    "50,000 nested b": HEAD + "<b>" * 50_000 + "x",
    "5,000 nested div": HEAD + "<div>" * 5_000 + TEXT * 5,
    "30,000 boxes with suspicious names": HEAD + "<div class='related byline'>x</div>" * 30_000,
    "an unclosed quotation mark": HEAD + '<a href="' + TEXT * 3000,
    "a million <": HEAD + "<" * 1_000_000,
    "JSON-LD 100,000 deep": HEAD
    + '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + TEXT * 3,
    "5 MB of JSON-LD": '<script type="application/ld+json">{"@type":"Article","articleBody":"'
    + "It rained again. " * 300_000 + '"}</script>' + TEXT,
}  # fmt: skip
TEXTS = {
    "text: 2 MB in one line": "word and more text. " * 100_000,
    "text: 70,000 lines": "A line of text that is here.\n" * 70_000,
    "text: 120,000 glued sentences": "He left.She came." * 60_000,
    "text: 499 paragraphs and their concatenation": "\n".join(map(SENTENCE.format, range(499)))
    + "\n" + "".join(map(SENTENCE.format, range(499))),
    "text: 200,000 open quotation marks": 'He said."' * 200_000,
    "text: a million full stops": "." * 1_000_000,
    "text: 400,000 bullets": "• a " * 400_000,
    "text: 2 MB of broken UTF-8": "Ã©Ã¨â€™ " * 200_000,
}  # fmt: skip


def read(name: str) -> None:
    """Read one page, and print time, memory and result."""
    plain = name in TEXTS
    body = (TEXTS if plain else PAGES)[name].encode()
    raw = RawArticle(
        id=article_id(body=body),
        source="bench",
        fetched=datetime.now(UTC),
        title="Rain" if plain else "",
        content_type="text/plain" if plain else "text/html",
        body=body,
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    outcome = clean_article(raw, max_page_bytes=MAX_PAGE_BYTES)
    seconds = time.process_time() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    match outcome:
        case Emit(record):
            answer = f"{len(record.text):,} characters, {len(record.paragraphs):,} paragraphs"
        case Drop(reason, _):
            answer = f"dropped: {reason}"
        case Reject(reason, detail):
            answer = f"rejected: {reason}, {detail}"
    print(json.dumps([seconds, (after - before) / 1024, answer]))


def main() -> None:
    """Read each page in a separate process, so that its memory is separate."""
    if len(sys.argv) > 1:
        read(sys.argv[1])
        return
    print(f"{'':46}{'bytes':>10}{'s':>7}{'MB':>6}  answer")
    for name, body in {**PAGES, **TEXTS}.items():
        done = subprocess.run(
            [sys.executable, __file__, name], capture_output=True, text=True, check=True, timeout=60
        )
        seconds, megabytes, answer = json.loads(done.stdout)
        print(f"{name:46}{len(body):>10,}{seconds:7.2f}{megabytes:6.0f}  {answer}", flush=True)


if __name__ == "__main__":
    main()
