"""The application: endpoints without a token, endpoints with one, and refusals."""

from pathlib import Path
from typing import Any

import pytest
from litestar import Request, get

from streams.config.tokens import Scope
from streams.config.tokens_file import remove_token
from streams.serve.auth import BEARER, require_scope
from streams.serve.component import Component, assemble_app
from streams.settings import Settings
from tests.support.serving import client, json_of, serving, token


@get("/thing", guards=[require_scope(Scope.PUSH)], security=BEARER)
async def thing(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return the name of the token."""
    return {"token": request.auth.name}


@get("/broken")
async def broken() -> None:
    """Fail."""
    raise RuntimeError("inside")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of their own."""
    return Settings(data=tmp_path)


async def test_health_metrics_and_schema_need_no_token(settings: Settings) -> None:
    async with serving(assemble_app(settings)) as url, client(url) as session:
        assert await json_of(await session.get("/health")) == {"ready": True}
        assert "news_http_requests_total" in await (await session.get("/metrics")).text()
        schema = await json_of(await session.get("/schema"))

    assert set(schema["paths"]) == {"/health", "/metrics"}
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert all(path["get"]["description"] for path in schema["paths"].values())


async def test_health_is_503_until_components_are_ready(settings: Settings) -> None:
    component = Component(handlers=(), facts=[lambda: {"kafka_ready": False, "n": 3}])

    async with (
        serving(assemble_app(settings, components=[component])) as url,
        client(url) as session,
    ):
        answer = await session.get("/health")

    assert (answer.status, await json_of(answer)) == (
        503,
        {"ready": False, "kafka_ready": False, "n": 3},
    )


@pytest.mark.parametrize(
    ("header", "status", "detail"),
    [
        (None, 401, "missing bearer token: send the header"),
        ("", 401, "missing bearer token: send the header"),
        ("Basic bWU6bWU=", 401, "missing bearer token: send the header"),
        ("Bearer", 401, "missing bearer token: send the header"),
        ("Bearer news_wrong", 401, "invalid or revoked token"),
        ("bearer {alerts}", 403, "token a lacks scope push"),
        ("bearer {push}", 200, ""),
    ],
)
async def test_request_needs_token_with_scope(
    settings: Settings, header: str | None, status: int, detail: str
) -> None:
    secrets = {"push": token(settings, "p", "push"), "alerts": token(settings, "a", "alerts")}
    headers = {} if header is None else {"Authorization": header.format(**secrets)}
    app = assemble_app(settings, components=[Component(handlers=[thing])])

    async with serving(app) as url, client(url) as session:
        answer = await session.get("/thing", headers=headers)
        body = await json_of(answer)

    assert answer.status == status
    assert ("WWW-Authenticate" in answer.headers) == (status != 200)
    assert detail in body.get("detail", "")
    assert body.get("status", 200) == status


async def test_removed_token_is_refused(
    settings: Settings,
) -> None:
    app = assemble_app(settings, components=[Component(handlers=[thing])])

    async with serving(app) as url, client(url, token(settings)) as session:
        assert await json_of(await session.get("/thing")) == {"token": "me"}
        remove_token(settings.tokens_file, "me")
        assert (await json_of(await session.get("/thing")))["status"] == 401


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("POST", "/health", 405)]
)
async def test_unknown_path_is_a_problem_document(
    settings: Settings, method: str, path: str, status: int
) -> None:
    async with serving(assemble_app(settings)) as url, client(url) as session:
        answer = await session.request(method, path)

        assert (answer.status, answer.content_type) == (status, "application/problem+json")
        assert (await json_of(answer))["status"] == status


async def test_internal_error_hides_details(settings: Settings) -> None:
    app = assemble_app(settings, components=[Component(handlers=[broken])])

    async with serving(app) as url, client(url) as session:
        answer = await session.get("/broken")
        body = await answer.text()

    assert (answer.status, answer.content_type) == (500, "application/problem+json")
    assert "inside" not in body
    assert "RuntimeError" not in body
