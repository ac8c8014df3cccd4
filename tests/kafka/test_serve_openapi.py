"""Responses are those of the OpenAPI document: status, type and schema, for generated requests."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import orjson
import pytest

from streams.serve.app import create_app
from streams.settings import Settings
from tests.support.serving import client, json_of, serving, token, until_ready

SEED = 17
CASES_PER_OPERATION = 25
METHODS = ("get", "put", "post", "delete", "patch")
ODD: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, "", "\x00", "a" * 3000, "bridge", "../x", "é", [], [1], {}, {"a": 1})  # fmt: skip  # noqa: E501
"""Values that a field may not expect."""


class Requests:
    """Generates requests of an OpenAPI document, valid and invalid, by a seed.

    Args:
        document: The document.
        seed: Seed of the generator.
    """

    def __init__(self, document: dict[str, Any], seed: int) -> None:
        self.document = document
        self.chance = random.Random(seed)  # noqa: S311  # not for secrets

    def value(self, schema: dict[str, Any], depth: int = 0) -> Any:  # noqa: PLR0911
        """Return a value, mostly one that a schema accepts."""
        if self.chance.random() < 0.15 or depth > 5:
            return self.chance.choice(ODD)
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.value(self.document["components"]["schemas"][name], depth)
        if "enum" in schema or "const" in schema:
            return self.chance.choice([*schema.get("enum", [schema.get("const")]), "other"])
        if "oneOf" in schema:
            return self.value(self.chance.choice(schema["oneOf"]), depth)
        types = schema.get("type", "object" if "properties" in schema else "string")
        kind = types if isinstance(types, str) else self.chance.choice(types)
        if kind == "object":
            given = schema.get("properties", {}).items()
            return {
                name: "bridge" if name == "query" else self.value(field, depth + 1)
                for name, field in given
                if self.chance.random() < 0.3 or name in schema.get("required", ())
            }
        if kind == "array":
            n = self.chance.randrange(3)
            return [self.value(schema.get("items", {}), depth + 1) for _ in range(n)]
        plain = {
            "integer": self.chance.randrange(100),
            "number": 0.5,
            "boolean": True,
            "null": None,
        }
        return plain.get(kind, self.chance.choice(["bridge", "a-b", "2026-03-02T08:00:00Z", ""]))

    def request(self, path: str, operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the path of a request, and the arguments for the client."""
        params, headers = {}, {}
        for parameter in operation.get("parameters", ()):
            name = parameter["name"]
            text = str(self.value(parameter.get("schema", {}))).replace("\x00", "").strip()
            if parameter["in"] == "path":
                text = self.chance.choice(["bridge", "bridge", "absent", "a.b", "é"])
                path = path.replace("{" + name + "}", text)
            elif parameter["in"] == "query" and self.chance.random() < 0.5:
                params[name] = text
            elif parameter["in"] == "header" and text.isascii() and self.chance.random() < 0.5:
                headers[name] = text
        more: dict[str, Any] = {"params": params, "headers": headers}
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            more["json"] = self.value(body["schema"])
        if self.chance.random() < 0.1:
            headers["Authorization"] = self.chance.choice(["", "Bearer wrong", "Basic eDp5"])
        return path, more


@pytest.fixture
async def server(live: Settings, tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a client of a server with a saved search."""
    settings = live.model_copy(update={"data": tmp_path, "cors_origins": "https://desk.example"})
    app = create_app(settings)
    async with serving(app) as url, client(url, token(settings)) as session:
        await until_ready(session)
        await (await session.post("/v1/searches", json={"query": "bridge", "id": "bridge"})).read()
        yield session


def wrong(
    document: dict[str, Any], operation: dict[str, Any], answer: aiohttp.ClientResponse, body: bytes
) -> str:
    """Return how a response differs from the document; empty if it does not."""
    documented = operation["responses"].get(str(answer.status))
    if documented is None or answer.status == 500:
        return f"status {answer.status}: {body[:200]!r}"
    content = documented.get("content") or {}
    kind = answer.content_type if body else ""
    if (kind or None) not in [*content, *([] if content else [None])]:
        return f"type {kind!r}, documented {list(content)}"
    schema = content.get(kind, {}).get("schema", {})
    if not kind.endswith("json"):
        return ""
    complete = schema | {"components": document["components"]}
    errors = jsonschema.Draft202012Validator(complete).iter_errors(orjson.loads(body))
    return "; ".join(error.message[:200] for error in errors)


async def ended(
    server: aiohttp.ClientSession, method: str, url: str, headers: Mapping[str, str] | None = None
) -> aiohttp.ClientResponse:
    """Return a response whose body is read, so that its connection is free."""
    answer = await server.request(method, url, headers=headers)
    await answer.read()
    return answer


async def test_generated_requests_get_documented_responses(server: aiohttp.ClientSession) -> None:
    document = await json_of(await server.get("/schema/openapi.json"))
    requests = Requests(document, SEED)
    failures = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for _ in range(CASES_PER_OPERATION):
                url, more = requests.request(path, operation)
                async with server.request(method, url, **more) as answer:
                    is_endless = answer.content_type == "text/event-stream"
                    body = b"" if is_endless else await answer.read()
                    problem = "" if is_endless else wrong(document, operation, answer, body)
                if problem:
                    failures.append(f"{method} {url} {more}: {problem}")

    assert not failures, "\n".join(failures[:20])


async def test_methods_are_those_of_the_document(server: aiohttp.ClientSession) -> None:
    document = await json_of(await server.get("/schema/openapi.json"))
    for path, operations in document["paths"].items():
        url = path.replace("{search_id}", "bridge")
        allowed = {"OPTIONS", *(method.upper() for method in operations)}
        allowed |= {"HEAD"} if "GET" in allowed else set()
        refused = [name for name in METHODS if name.upper() not in allowed]
        asked = [await ended(server, name, url) for name in ("OPTIONS", *refused)]

        assert [answer.status for answer in asked] == [204] + [405] * (len(asked) - 1)
        for answer in asked:
            assert set(answer.headers["Allow"].split(", ")) == allowed
        if "GET" in allowed:
            head = await asyncio.wait_for(server.head(url), 10)
            assert (head.status, await head.read()) == (200, b"")


async def test_pages_of_listed_origins_may_use_the_server(server: aiohttp.ClientSession) -> None:
    preflight = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "Authorization",
    }
    for origin, shown in (
        ("https://desk.example", "https://desk.example"),
        ("https://other.example", None),
    ):
        asked = await ended(server, "OPTIONS", "/v1/searches", {"Origin": origin} | preflight)
        listed = await ended(server, "GET", "/v1/searches", {"Origin": origin})

        assert asked.headers.get("Access-Control-Allow-Origin") == shown
        assert listed.headers.get("Access-Control-Allow-Origin") == shown
        assert "Access-Control-Allow-Credentials" not in listed.headers
