"""Texts of articles in messages: no control characters, no forged lines, no mentions."""

import re

import pytest

from streams.alerts.templates.format import BodyFormat, escape_markdown, without_mentions
from streams.alerts.templates.render import render_message
from streams.records import Alert, Subscription
from streams.text.characters import UNSAFE

HOSTILE = (
    "Rain\x1b]0;owned\x07\r\nFrom: boss@news.test\n\nPay now\u202e\u200f\u061c\U000e0041 \x9b31m"
)
FORMATS = list(BodyFormat)


def message(format_: BodyFormat, text: str, **search: str) -> str:
    """Return title and body of a message about an alert with one text in all fields."""
    alert = Alert(
        id="s/x/1",
        subscription_id="s",
        article_id="6b626991-d331-5668-91ea-aedb6407150e",
        title=text,
        summary=text,
        passage=text,
        source=text,
        url=f"https://news.test/{text}",
        language=text,
    )
    saved = Subscription(id="s", query="rain", name=text, **search)
    rendered = render_message([alert], saved, format_=format_)
    return f"{rendered.title}\n{rendered.body}"


@pytest.mark.parametrize("format_", FORMATS)
def test_message_has_no_control_characters(format_: BodyFormat) -> None:
    body = message(format_, HOSTILE)

    assert set(UNSAFE.findall(body)) <= {"\n"}
    assert not re.search(r"^(From:|Pay now)", body, re.MULTILINE)


def test_own_template_gets_clean_values() -> None:
    body = message(
        BodyFormat.TEXT,
        HOSTILE,
        body_template="{{ alert.title }}{{ alert.source }}{{ alert.summary }}{{ alert.passage }}"
        "{{ alert.url }}{{ alert.language }}{{ search.name }}{{ alert.facts|join }}",
    )

    assert body.strip().count("\n") == 1
    assert set(UNSAFE.findall(body)) <= {"\n"}


MENTIONS = [
    "@everyone",
    "@here",
    "(@everyone)",
    "\uff20everyone",
    "<@123456>",
    "<@!123456>",
    "<@&123456>",
    "<#123456>",
    "<!channel>",
    "<!subteam^S012>",
    "<!here|here>",
    "@anna_smith",
]
_NOTIFIES = re.compile(r"(?<![\w.+-])[@\uff20](?=\w)|<(?=[!@#])")


@pytest.mark.parametrize("mention", MENTIONS)
def test_headline_has_no_mentions(mention: str) -> None:
    for text in (mention, f"Rain {mention} ends", f"\\{mention}", f"x\n{mention}"):
        assert not _NOTIFIES.search(escape_markdown(text))
        assert not _NOTIFIES.search(without_mentions(text))
        assert not _NOTIFIES.search(message(BodyFormat.MARKDOWN, text).partition("\n")[2])


@pytest.mark.parametrize("text", ["ann@news.test", "3 < 4", "a<b", "at 5 @ 3", "C#"])
def test_other_signs_stay(text: str) -> None:
    assert without_mentions(text) == text
