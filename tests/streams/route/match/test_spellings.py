"""Queries find a word however it is spelled, in every script, and as written where asked to."""

import pytest

from streams.records import EnrichedArticle
from streams.route.match.evaluate import compile_query
from streams.route.match.facts import article_facts
from streams.route.match.highlights import find_highlights
from streams.route.match.percolator import Percolator
from streams.route.query.ast import query_clauses
from streams.route.query.grammar import parse_query
from tests.support.builders import enriched_article
from tests.support.naive_query import holds

MATCHES = [
    # scripts without spaces, and particles
    ("กรุงเทพ", "น้ำท่วมในกรุงเทพวันนี้", "กรุงเทพ"),
    ("กรุงเทพ*", "น้ำท่วมในกรุงเทพวันนี้", "กรุงเทพ"),
    ("ວຽງຈັນ", "ນະຄອນຫຼວງວຽງຈັນເມືອງ", "ວຽງຈັນ"),
    ("ភ្នំពេញ", "រាជធានីភ្នំពេញថ្ងៃនេះ", "ភ្នំពេញ"),
    ("ရန်ကုန်", "မြန်မာရန်ကုန်မြို့", "ရန်ကုန်"),
    ("ワクチン", "コロナワクチン接種始まる", "ワクチン"),
    ("ワクチン", "コロナﾜｸﾁﾝ", "ﾜｸﾁﾝ"),
    ("ジョーバイデン", "ジョー・バイデン氏", "ジョー・バイデン"),
    ("日本", "日本政府が発表", "日本"),
    ("대통령", "대통령이 연설했다", "대통령이"),
    ('"한국 대통령"', "한국 대통령은", "한국 대통령은"),
    # letter variants
    ("كتاب", "کتـــاب", "کتـــاب"),
    ("علی", "علي", "علي"),
    ("احمد", "أَحْمَد", "أَحْمَد"),
    ("القاهره", "القاهرة", "القاهرة"),
    ("میخواهم", "می\u200cخواهم", "می\u200cخواهم"),
    ('"می خواهم"', "می\u200cخواهم", "می\u200cخواهم"),
    ("שלום", "שָׁלוֹם", "שָׁלוֹם"),
    ("٢٠٢٦", "year 2026", "2026"),
    ("αθηνα", "Αθήνα", "Αθήνα"),
    ("елка", "Ёлка", "Ёлка"),
    ("istanbul", "İSTANBUL", "İSTANBUL"),
    ("tieng", "Tiếng Việt", "Tiếng"),
    # umlauts, joined words, numbers, initials
    ("Muenchen", "in München", "München"),
    ("München", "in Muenchen", "Muenchen"),
    ("munchen", "in München", "München"),
    ("covid19", "COVID-19 cases", "COVID-19"),
    ("covid-19", "Covid19 cases", "Covid19"),
    ("email", "E-mail scam", "E-mail"),
    ("e-mail", "Email scam", "Email"),
    ("1000", "1,000 jobs", "1,000"),
    ("1,000", "1000 jobs", "1000"),
    ("McDonalds", "McDonald’s opens", "McDonald’s"),
    ('"obrien said"', "O'Brien said", "O'Brien said"),
    ("muell*", "Müllabfuhr", "Müllabfuhr"),
    ("US", "the U.S. said", "U.S"),
    ('"U.S."', "the US said", "US"),
    ("information", "in\u00adfor\u200bmation", "in\u00adfor\u200bmation"),
    # as written
    ("=US", "the US said", "US"),
    ("=US", "the U.S.-led talks", "U.S"),
    ('="U.S."', "a US plan", "US"),
    ("=WHO", "the WHO's plan", "WHO"),
    ('title:="World Health"', "A World Health plan", "World Health"),
    ("=US near/3 tariffs", "us? the US raises tariffs", "US"),
    ("=Pre*", "the pre President", "President"),
    ("=résumé", "a résumé", "résumé"),
]

OTHERS = [
    ("=US", "tariffs hit us, and Us"),
    ('"U.S."', "give us tariffs"),
    ("=WHO", "those who gave"),
    ("=résumé", "they resume"),
    ('="World Health"', "world health"),
    ("=US near/3 =China", "the US and china"),
    ('="US China"~3', "us and China, US"),
    ("21", "won 2-1"),
    ("35", "up 3.5 percent"),
    ("to", "stub your toe"),
    ("กรุง", "กรุ่งเทพ"),
    ("통령", "대통령이"),
    ('="대통령"', "대통령이"),
]


def article(text: str) -> EnrichedArticle:
    """Return an article with this title and a text about something else."""
    return enriched_article(title=text, text="The council met on Monday.")


@pytest.mark.parametrize(("query", "text", "shown"), MATCHES)
def test_query_matches_and_highlights(query: str, text: str, shown: str) -> None:
    parsed, found = parse_query(query), article(text)
    facts = article_facts(found)
    percolator = Percolator()
    percolator.put("it", parsed)

    assert compile_query(parsed)(facts)
    assert holds(parsed, found)
    assert percolator.matching(facts) == ["it"]
    marks = find_highlights(found, facts, query_clauses(parsed))
    assert text[marks[0].start : marks[0].end] == shown


@pytest.mark.parametrize(("query", "text"), OTHERS)
def test_query_does_not_match(query: str, text: str) -> None:
    parsed, found = parse_query(query), article(text)

    assert not compile_query(parsed)(article_facts(found))
    assert not holds(parsed, found)
