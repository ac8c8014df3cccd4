"""Decide which routes get an article, and explain the decision."""

from dataclasses import dataclass

import msgspec

from streams.outcome import Emit, Outcome
from streams.records import Receipt
from streams.records.topics import UNMATCHED
from streams.route.match.facts import Article, ArticleFacts, article_facts
from streams.route.rules import DEFAULT_KINDS, Rule

MAX_EVIDENCE = 2000
"""Longest evidence of a receipt, in characters; see `streams.records.record.Receipt`."""


@dataclass(frozen=True, slots=True)
class Routed:
    """An article and the routes that get it.

    Attributes:
        article: The article, with a receipt for each of its routes.
        routes: Names of the routes that get the article, in the order of the rules; only
            ``unmatched`` when no rule matched a new article or revision; empty when no rule
            names the kind of a copy, an unchanged refetch or a correction.
    """

    article: Article
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reason why a rule matches an article, or does not.

    Attributes:
        rule: Name of the rule.
        wanted: Whether the article goes to the rule's route.
        clauses: The deciding clauses as text, with ``not`` before those that do not hold.
        reason: The reason for people, a sentence without its full stop.
    """

    rule: str
    wanted: bool
    clauses: tuple[str, ...]
    reason: str


def route_article(
    article: Article, rules: tuple[Rule, ...], facts: ArticleFacts | None = None
) -> Outcome[Routed]:
    """Return the routes whose rules match an article.

    Total and stateless: never raises and always emits.

    **Delivery**: the worker sends to all routes before it commits the article. After a crash in
    between, a route may get the record again, with the same origin, but no route misses it.

    Args:
        article: An article from ``tag``, or a duplicate from ``dedupe``.
        rules: The rules in the order of their file, with unique names.
        facts: Facts of the article, if already computed.

    Returns:
        Always `Emit`, even if no route gets the article: a copy whose kind no rule names is on
        its own topic already.
    """
    facts = facts or article_facts(article)
    matching = tuple(rule for rule in rules if rule.wants(facts))
    if matching:
        receipts = [_receipt("routed", rule.name, str(rule.verdict(facts))) for rule in matching]
        return Emit(Routed(_with(article, *receipts), tuple(rule.name for rule in matching)))
    if facts.kind not in DEFAULT_KINDS:
        return Emit(Routed(_with(article, _receipt("not_asked_for", "", f"kind:{facts.kind}")), ()))
    evidence = "; ".join(f"{rule.name}: {rule.verdict(facts)}" for rule in rules)
    return Emit(Routed(_with(article, _receipt("unmatched", "", evidence)), (UNMATCHED,)))


def explain_rule(article: Article, rule: Rule) -> Explanation:
    """Explain why a rule matches an article, or does not, by the fewest clauses that show it."""
    facts = article_facts(article)
    verdict = rule.verdict(facts)
    if not verdict.holds and facts.kind not in rule.kinds:
        reason = f"not wanted, since it is kind:{facts.kind} and the rule does not ask for that"
    else:
        reason = f"{'wanted' if verdict.holds else 'not wanted'}, since {verdict}"
    return Explanation(rule.name, verdict.holds, verdict.spelled, reason)


def _receipt(decision: str, rule: str, evidence: str) -> Receipt:
    cut = evidence if len(evidence) <= MAX_EVIDENCE else evidence[: MAX_EVIDENCE - 1] + "…"
    return Receipt(stage="route", decision=decision, rule=rule, evidence=cut)


def _with(article: Article, *receipts: Receipt) -> Article:
    return msgspec.structs.replace(article, receipts=article.receipts + receipts)
