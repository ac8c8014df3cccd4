"""Turn a search as a client writes it into a subscription."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import msgspec

from streams.alerts.store import SUBSCRIPTION_ID
from streams.alerts.validation import SearchProblemError, checked_search
from streams.config.channels import Channels, check_channel
from streams.records import Subscription
from streams.route.query.errors import QuerySyntaxError
from streams.serve.problems import problem


class SearchForm(Subscription, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search as a client writes it: what is not said gets its default.

    Attributes:
        id: 1 to 60 of a-z, 0-9 and hyphen; empty: made of name or query.
        owner: The token that it is to belong to; empty: the one that sends it. Only an
            administrator's names another.
    """

    id: Annotated[str, msgspec.Meta(max_length=60)] = ""


def build_subscription(
    form: SearchForm, *, id_: str, owner: str, channels: Channels, before: Subscription | None
) -> Subscription:
    """Make the subscription that a client wants.

    Args:
        form: As it came.
        id_: Its id.
        owner: Name of the token that it belongs to.
        channels: Those that there are.
        before: What it was; its channels are not checked again when they stay.

    Raises:
        ProblemDetailsException: 400 if something cannot be used; it names the field.
    """
    if not SUBSCRIPTION_ID.fullmatch(id_):
        raise _wrong("id", "expected 1 to 60 of a-z, 0-9 and hyphen, not the first")
    fields = {name: getattr(form, name) for name in form.__struct_fields__}
    kinds, wanted = tuple(dict.fromkeys(form.kinds)), tuple(dict.fromkeys(form.channels))
    made = Subscription(**fields | {"id": id_, "owner": owner, "kinds": kinds, "channels": wanted})
    stays = before is not None and (before.channels, before.owner) == (made.channels, owner)
    check = None if stays else partial(check_channel, channels, owner=owner)
    try:
        return checked_search(made, check_channel=check)
    except QuerySyntaxError as error:
        raise _wrong_query(error) from None
    except SearchProblemError as error:
        raise _wrong(error.field, error.problem) from None


def _wrong_query(error: QuerySyntaxError) -> Exception:
    place: Mapping[str, Any] = {
        "position": error.position,
        "line": error.line,
        "column": error.column,
        "pointer": error.pointer,
    }
    return problem(
        400,
        f"column {error.column}: {error.problem}",
        problems=[{"field": "query", "detail": error.problem, **place}],
    )


def _wrong(field: str, detail: str) -> Exception:
    return problem(400, f"{field}: {detail}", problems=[{"field": field, "detail": detail}])
