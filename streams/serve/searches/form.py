"""Convert a search in a request to a subscription."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request

from streams.alerts.store import SUBSCRIPTION_ID
from streams.alerts.templates.process import TemplateProcess
from streams.alerts.validation import SearchProblemError, checked_search
from streams.config.channels import Channels, check_channel
from streams.records import Subscription
from streams.route.query.errors import QuerySyntaxError
from streams.serve.problems import problem


class SearchForm(Subscription, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search as a client writes it; missing fields get their defaults.

    Attributes:
        id: 1 to 60 of a-z, 0-9 and hyphen; derived from name or query if empty.
        owner: Name of the token that owns it; the requesting token if empty. Only an
            administrator's token may name another.
    """

    id: Annotated[str, msgspec.Meta(max_length=60)] = ""


async def strict_form(request: Request[Any, Any, Any]) -> SearchForm:
    """Return the search in a request, with the types of the OpenAPI document.

    Litestar converts values that have another type, such as 0 for false.

    Raises:
        ProblemDetailsException: 400 if the body has another type; it names the field.
    """
    try:
        return msgspec.json.decode(await request.body(), type=SearchForm)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        detail, _, place = str(error).partition(" - at `$")
        raise _invalid(place.strip(".`") or "body", detail) from None


def build_subscription(
    form: SearchForm,
    *,
    id_: str,
    owner: str,
    channels: Channels,
    before: Subscription | None,
    created: datetime | None = None,
    templates: TemplateProcess | None = None,
) -> Subscription:
    """Return the subscription of a form.

    Args:
        form: The search in the request.
        id_: Id of the search.
        owner: Name of the token that owns it.
        channels: Channels of ``channels.toml``.
        before: The former version; unchanged channels are not checked again.
        created: Time of creation of a new search; what the request says of it is ignored.
        templates: Renders the templates for a sample; without it, a process is started and ended.

    Raises:
        ProblemDetailsException: 400 if a field is invalid; it names the field.
    """
    if not SUBSCRIPTION_ID.fullmatch(id_):
        raise _invalid("id", "expected 1 to 60 of a-z, 0-9 and hyphen, not starting with a hyphen")
    fields = {name: getattr(form, name) for name in form.__struct_fields__}
    fields |= {
        "id": id_,
        "owner": owner,
        "kinds": tuple(dict.fromkeys(form.kinds)),
        "channels": tuple(dict.fromkeys(form.channels)),
        "created": before.created if before else created,
    }
    search = Subscription(**fields)
    unchanged = before is not None and (before.channels, before.owner) == (search.channels, owner)
    check = None if unchanged else partial(check_channel, channels, owner=owner)
    try:
        return checked_search(search, check_channel=check, templates=templates)
    except QuerySyntaxError as error:
        raise _invalid_query(error) from None
    except SearchProblemError as error:
        raise _invalid(error.field, error.problem) from None


def _invalid_query(error: QuerySyntaxError) -> Exception:
    position: Mapping[str, Any] = {
        "position": error.position,
        "line": error.line,
        "column": error.column,
        "pointer": error.pointer,
    }
    return problem(
        400,
        f"column {error.column}: {error.problem}",
        problems=[{"field": "query", "detail": error.problem, **position}],
    )


def _invalid(field: str, detail: str) -> Exception:
    return problem(400, f"{field}: {detail}", problems=[{"field": field, "detail": detail}])
