import time

import pytest

from streams.sources.feeds.parsing.hub_links import hub_and_topic
from streams.sources.feeds.parsing.model import Feed

URL = "https://news.test/feed"
HUB = "https://hub.test/"
LINKS = [
    ("", "", "", ("", "")),
    ("", HUB, "", (HUB, URL)),
    ("", HUB, "https://news.test/rss", (HUB, "https://news.test/rss")),
    # The header has precedence over the feed.
    (f'<{HUB}>; rel="hub"', "https://other.test/", "", (HUB, URL)),
    (f"<{HUB}>;rel=hub,</rss>;rel=self", "", "https://x.test/", (HUB, "https://news.test/rss")),
    (f'<{HUB}>; title="a, b; c"; rel="nofollow HUB"', "", "", (HUB, URL)),
    (f"<https://first.test/>; rel=hub, <{HUB}>; rel=hub", "", "", ("https://first.test/", URL)),
    ("</hub>; rel=hub", "", "", ("https://news.test/hub", URL)),
    (f"<{HUB}> rel='self hub'", "", "", (HUB, HUB)),
    (f'<{HUB}>; title="x; rel=self"; rel=hub; rel=self', "", "", (HUB, URL)),
    ('<a.css>; rel="preload"; as=style', HUB, "", (HUB, URL)),
    ("<javascript:alert(1)>; rel=hub", "", "", ("", "")),
    ("<ftp://hub.test/>; rel=hub", "", "", ("", "")),
    ("rel=hub; <", HUB, "mailto:a@b", (HUB, URL)),
]


@pytest.mark.parametrize(("link", "hub", "own", "expected"), LINKS)
def test_hub_and_topic_in_header_and_feed(
    link: str, hub: str, own: str, expected: tuple[str, str]
) -> None:
    feed = Feed(format="rss", hub=hub, self_url=own)

    assert hub_and_topic({"link": link}, feed, url=URL) == expected


@pytest.mark.parametrize(
    "link", ["<a>;" * 4000, "<" * 16_000, '<a>; b="' * 2000, "<a>" + ";b" * 8000]
)
def test_hub_and_topic_is_fast_for_hostile_header(link: str) -> None:
    start = time.process_time()

    hub_and_topic({"link": link}, Feed(format="rss"), url=URL)

    assert time.process_time() - start < 0.5
