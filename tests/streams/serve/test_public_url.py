"""Links begin with the URL that clients see: of the setting, or of a trusted proxy only."""

from typing import Any

import pytest
from litestar import Request, get
from litestar.datastructures import State

from streams.errors import SettingsError
from streams.serve.component import Component, assemble_app
from streams.serve.public_url import base_url, public_url
from streams.settings import Settings
from tests.support.serving import client, serving

PROXY, OTHER = "10.1.2.3", "192.0.2.9"
BEHIND = Settings(trusted_proxies="10.0.0.0/8, ::1")
HTTPS = {"x-forwarded-proto": "https", "x-forwarded-host": "news.test"}


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        (OTHER, HTTPS, "http://inside:8080"),
        ("", HTTPS, "http://inside:8080"),
        (PROXY, {}, "http://inside:8080"),
        (PROXY, {"x-forwarded-proto": "https"}, "https://inside:8080"),
        (PROXY, HTTPS, "https://news.test"),
        ("::ffff:10.1.2.3", HTTPS, "https://news.test"),
        ("::1", HTTPS, "https://news.test"),
        (PROXY, HTTPS | {"x-forwarded-prefix": "/streams/"}, "https://news.test/streams"),
        (PROXY, {"x-forwarded-proto": "http, https"}, "https://inside:8080"),
        (PROXY, {"forwarded": 'for=1.2.3.4;proto=https;host="n.test:8443"'}, "https://n.test:8443"),
        (PROXY, {"forwarded": "proto=http, for=x;Proto=https"}, "https://inside:8080"),
        (PROXY, {"x-forwarded-ssl": "on"}, "https://inside:8080"),
        (PROXY, {"x-forwarded-proto": "javascript"}, "http://inside:8080"),
        (PROXY, {"x-forwarded-host": "evil.test/<x>"}, "http://inside:8080"),
        (PROXY, {"x-forwarded-prefix": "//evil"}, "http://inside:8080"),
        (PROXY, {"x-forwarded-host": "[2001:db8::1]:443"}, "http://[2001:db8::1]:443"),
    ],
)
def test_forwarded_headers_count_only_of_trusted(
    peer: str, headers: dict[str, str], expected: str
) -> None:
    assert base_url("http://inside:8080/", peer, headers, BEHIND) == expected


def test_public_url_of_setting_wins() -> None:
    settings = Settings(public_url="https://news.test/streams/", trusted_proxies="10.0.0.0/8")

    assert base_url("http://x", PROXY, {"x-forwarded-host": "y"}, settings) == (
        "https://news.test/streams"
    )


def test_invalid_proxy_is_refused_at_start() -> None:
    with pytest.raises(SettingsError, match="NEWS_TRUSTED_PROXIES"):
        assemble_app(Settings(trusted_proxies="proxy.test"))


@get("/base")
async def show_base(request: Request[Any, Any, Any], state: State) -> str:
    """Return the base URL."""
    return public_url(request, state.settings)


@pytest.mark.parametrize(("trusted", "scheme"), [("127.0.0.1", "https"), ("", "http")])
async def test_request_of_proxy(trusted: str, scheme: str) -> None:
    app = assemble_app(
        Settings(trusted_proxies=trusted), components=[Component(handlers=[show_base])]
    )

    async with serving(app) as url, client(url) as session:
        answer = await session.get("/base", headers={"X-Forwarded-Proto": "https"})
        assert (await answer.text()).startswith(f"{scheme}://127.0.0.1:")
