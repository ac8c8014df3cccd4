"""What was read and what Kafka has in, the answer to a push out."""

from collections.abc import Sequence

import msgspec

from streams.serve.component import openapi_name
from streams.serve.push.idempotency import CachedAnswer
from streams.serve.push.parse import LineProblem, ReadLine
from streams.serve.push.sender import SendOutcome


@openapi_name("TakenLine")
class AcceptedLine(msgspec.Struct, frozen=True, kw_only=True):
    """An article that Kafka has.

    Attributes:
        line: Its number in the body, the first is 1.
        id: Its id: what `streams why` and every later record call it.
        repeated: Whether it was pushed before with the same content, and not sent again.
    """

    line: int
    id: str
    repeated: bool


@openapi_name("Taken")
class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a push.

    Attributes:
        accepted: Articles that were sent now.
        repeated: Articles that were known.
        articles: All of them.
    """

    accepted: int
    repeated: int
    articles: list[AcceptedLine]


@openapi_name("PartlyTaken")
class PartiallyAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """A push of which lines were refused; the others are with Kafka.

    Attributes:
        status: 400.
        title: ``Bad Request``.
        detail: How many were refused.
        accepted: Articles that were sent now.
        repeated: Articles that were known.
        problems: What is wrong, by line and field.
        articles: What was not refused.
    """

    status: int = 400
    title: str = "Bad Request"
    detail: str
    accepted: int
    repeated: int
    problems: list[LineProblem]
    articles: list[AcceptedLine]


def push_answer(
    read: Sequence[ReadLine], problems: Sequence[LineProblem], sent: Sequence[SendOutcome]
) -> CachedAnswer:
    """Say what became of each line.

    Args:
        read: The articles of the body.
        problems: Its lines that are none.
        sent: What became of the articles, one for each.

    Returns:
        202 if articles were sent, 200 if all were known, 400 if a line is none.

    Examples:
        >>> problem = LineProblem(line=1, field="", reason="not_json", detail="no JSON")
        >>> push_answer([], [problem], []).status
        400
    """
    articles = [
        AcceptedLine(line=line.line, id=one.id, repeated=one.repeated)
        for line, one in zip(read, sent, strict=True)
    ]
    repeated = sum(one.repeated for one in sent)
    accepted = len(sent) - repeated
    if problems or not articles:
        n_lines = len({one.line for one in problems})
        said = PartiallyAccepted(
            detail=f"{n_lines} refused, {len(articles)} taken" if problems else "no article in it",
            accepted=accepted,
            repeated=repeated,
            problems=list(problems),
            articles=articles,
        )
        return CachedAnswer(400, msgspec.json.encode(said))
    taken = Accepted(accepted=accepted, repeated=repeated, articles=articles)
    return CachedAnswer(202 if accepted else 200, msgspec.json.encode(taken))
