"""The stage: an article and the rules in, the routes that want it out, with the reason."""

from dataclasses import dataclass

import msgspec

from streams.outcome import Emit, Outcome
from streams.records import Receipt
from streams.records.topics import UNMATCHED
from streams.route.match.facts import Article, ArticleFacts, article_facts
from streams.route.rules import UNASKED_KINDS, Rule

MAX_EVIDENCE = 2000
"""Longest evidence that a receipt takes, see `streams.records.record.Receipt`."""


@dataclass(frozen=True, slots=True)
class Routed:
    """An article and where it goes.

    Attributes:
        article: With a receipt for each of its routes.
        routes: Names of the routes that get it, in the order of the rules; ``unmatched`` alone
            when no rule wanted a new article or revision; none when no rule asked for a
            copy, an unchanged refetch or a correction.
    """

    article: Article
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule wants an article, or does not.

    Attributes:
        rule: Name of the rule.
        wanted: Whether the article goes to its route.
        clauses: The clauses that decided, as they hold for the article: each spelled with
            ``not`` before it when it does not hold.
        reason: The same for people: a sentence without its full stop.
    """

    rule: str
    wanted: bool
    clauses: tuple[str, ...]
    reason: str


def route_article(
    article: Article, rules: tuple[Rule, ...], facts: ArticleFacts | None = None
) -> Outcome[Routed]:
    """Name the routes that want an article: each one whose rule holds.

    Total, and free of memory. Delivery: the shell sends to all routes before it
    acknowledges, so that after a crash in between a route may get the record again, with the
    same origin, and none goes without.

    Args:
        article: From ``tag``, or a duplicate from ``dedupe``.
        rules: In the order of their file; names differ.
        facts: Of this article, when they are known already.

    Returns:
        Always `Emit`, even where no route gets it: a copy that no rule asked for has been
        labelled and stays on its own topic.
    """
    facts = facts or article_facts(article)
    wanting = tuple(rule for rule in rules if rule.wants(facts))
    if wanting:
        receipts = tuple(
            _receipt("routed", rule.name, str(rule.verdict(facts))) for rule in wanting
        )
        return Emit(Routed(_with(article, receipts), tuple(rule.name for rule in wanting)))
    if facts.kind not in UNASKED_KINDS:
        return Emit(
            Routed(_with(article, (_receipt("not_asked_for", "", f"kind:{facts.kind}"),)), ())
        )
    evidence = "; ".join(f"{rule.name}: {rule.verdict(facts)}" for rule in rules)
    return Emit(Routed(_with(article, (_receipt("unmatched", "", evidence),)), (UNMATCHED,)))


def explain_rule(article: Article, rule: Rule) -> Explanation:
    """Tell why a rule wants an article, or does not, by the fewest clauses that show it."""
    facts = article_facts(article)
    found = rule.verdict(facts)
    if not found.holds and facts.kind not in rule.kinds:
        reason = f"not wanted, since it is kind:{facts.kind} and the rule does not ask for that"
    else:
        reason = f"{'wanted' if found.holds else 'not wanted'}, since {found}"
    return Explanation(rule.name, found.holds, found.spelled, reason)


def _receipt(decision: str, rule: str, evidence: str) -> Receipt:
    cut = evidence if len(evidence) <= MAX_EVIDENCE else evidence[: MAX_EVIDENCE - 1] + "…"
    return Receipt(stage="route", decision=decision, rule=rule, evidence=cut)


def _with(article: Article, receipts: tuple[Receipt, ...]) -> Article:
    return msgspec.structs.replace(article, receipts=article.receipts + receipts)
