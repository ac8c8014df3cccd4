"""Build the response to a push."""

from collections.abc import Sequence

import msgspec

from streams.serve.component import openapi_name
from streams.serve.push.idempotency import CachedAnswer
from streams.serve.push.parse import LineProblem, ReadLine
from streams.serve.push.sender import SendOutcome
from streams.text.plural import plural


@openapi_name("TakenLine")
class AcceptedLine(msgspec.Struct, frozen=True, kw_only=True):
    """An article that Kafka has.

    Attributes:
        line: Number of the line in the body, from 1.
        id: Id of the article, used by `streams why` and in every later record.
        repeated: Whether it was pushed before with the same content, and not sent again.
        origin: Position on the raw topic, `TOPIC@ID-PARTITION-OFFSET`: the header `news-origin` of
            every record that is made from the article.
    """

    line: int
    id: str
    repeated: bool
    origin: str = ""


@openapi_name("Taken")
class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a push.

    Attributes:
        accepted: Number of articles sent now.
        repeated: Number of articles already known.
        articles: All articles.
    """

    accepted: int
    repeated: int
    articles: list[AcceptedLine]


@openapi_name("PartlyTaken")
class PartiallyAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a push with refused lines; Kafka has the other articles.

    Attributes:
        status: 400.
        title: ``Bad Request``.
        detail: Number of refused lines.
        accepted: Number of articles sent now.
        repeated: Number of articles already known.
        problems: Problems by line and field.
        articles: The articles of the other lines.
    """

    status: int = 400
    title: str = "Bad Request"
    detail: str
    accepted: int
    repeated: int
    problems: list[LineProblem]
    articles: list[AcceptedLine]


def push_response(
    read: Sequence[ReadLine], problems: Sequence[LineProblem], sent: Sequence[SendOutcome]
) -> CachedAnswer:
    """Return the response to a push.

    Args:
        read: The articles of the body.
        problems: The problems of its other lines.
        sent: Results of sending, one for each article.

    Returns:
        202 if articles were sent, 200 if all were known, 400 if a line is invalid.

    Examples:
        >>> problem = LineProblem(line=1, field="", reason="not_json", detail="no JSON")
        >>> push_response([], [problem], []).status
        400
    """
    articles = [
        AcceptedLine(
            line=line.line, id=outcome.id, repeated=outcome.repeated, origin=outcome.origin
        )
        for line, outcome in zip(read, sent, strict=True)
    ]
    repeated = sum(outcome.repeated for outcome in sent)
    accepted = len(sent) - repeated
    if problems or not articles:
        n_lines = len({problem.line for problem in problems})
        refused = plural(n_lines, "line")
        detail = f"{refused} refused, {len(articles)} accepted; correct the lines in problems"
        partial = PartiallyAccepted(
            detail=detail if problems else "the body contains no article",
            accepted=accepted,
            repeated=repeated,
            problems=list(problems),
            articles=articles,
        )
        return CachedAnswer(400, msgspec.json.encode(partial))
    complete = Accepted(accepted=accepted, repeated=repeated, articles=articles)
    return CachedAnswer(202 if accepted else 200, msgspec.json.encode(complete))
