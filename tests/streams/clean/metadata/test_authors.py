"""Parsing of authors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.metadata.authors import authors_in
from streams.records.clean import AuthorKind


@given(st.lists(st.text()))
def test_authors_in_returns_valid_names(names: list[str]) -> None:
    assert all(1 <= len(author.name) <= 80 for author in authors_in(names))


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Ann Example", ["Ann Example"]),
        ("By Ann Example and Bob Sample", ["Ann Example", "Bob Sample"]),
        ("Von Änn Beispiel und Bob Muster", ["Änn Beispiel", "Bob Muster"]),
        ("Ann Example; Bob Sample | Cy Test", ["Ann Example", "Bob Sample", "Cy Test"]),
        ("Ann Example, Science Editor", ["Ann Example"]),
        ("Ann Example (Berlin)", ["Ann Example"]),
        ("Ann Example ann@news.test", ["Ann Example"]),
        ("Ann Example, Jr", ["Ann Example, Jr"]),
        ("ann@news.test (Ann Example)", ["Ann Example"]),
        ("By Ann Example and Bob Sample in Oslo", ["Ann Example", "Bob Sample"]),
        ("Von Änn Beispiel aus Łódź", ["Änn Beispiel"]),
        ("Jan in 't Veld", ["Jan in 't Veld"]),
        ("Ann Example, ann example", ["Ann Example"]),
        ("https://www.facebook.com/harbor", []),
        ("ann@news.test", []),
        ("Staff", []),
        ("Staff Reporter", []),
        ("Redaktion", []),
        ("2 March 2026", []),
        ("admin", []),
        ("", []),
    ],
)
def test_authors_in_parses_printed_names(printed: str, names: list[str]) -> None:
    assert [author.name for author in authors_in([printed])] == names


@pytest.mark.parametrize(
    "name", ["dpa", "AFP", "Le Monde", "Harbor News", "SDA", "news.test", "Press Office"]
)
def test_authors_in_recognizes_organizations(name: str) -> None:
    assert authors_in([name])[0].kind is AuthorKind.ORGANIZATION


@pytest.mark.parametrize("name", ["Ann Example", "Bo", "Ann van der Example", "김철수", "牛镛"])
def test_authors_in_recognizes_people(name: str) -> None:
    assert authors_in([name])[0].kind is AuthorKind.PERSON


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Josep Puig i Cadafalch", ["Josep Puig i Cadafalch"]),
        ("José Ortega y Gasset y Ana Vik", ["José Ortega y Gasset", "Ana Vik"]),
        ("Ana Vik y Bo Sund", ["Ana Vik", "Bo Sund"]),
        ("Ana Vik, Bo Sund et Cleo Strand", ["Ana Vik", "Bo Sund", "Cleo Strand"]),
        ("Door onze redacteuren Jan de Vries en Piet van den Berg",
         ["Jan de Vries", "Piet van den Berg"]),
        ("Von unserem Korrespondenten Lars Moe", ["Lars Moe"]),
        ("Science Editor Ida Berg", ["Ida Berg"]),
        ("Words: Maria Lind Photos: Per Holm", ["Maria Lind", "Per Holm"]),
        ("Text: Maria Lind, Foto: Per Holm", ["Maria Lind", "Per Holm"]),
        ("Berg, Ola", ["Ola Berg"]),
        ("de Vries, Jan", ["Jan de Vries"]),
        ("Berg, Ola; Vik, Ana M.", ["Ola Berg", "Ana M. Vik"]),
        ("Ana Vik, Bo Sund", ["Ana Vik", "Bo Sund"]),
        ("AFP, Reuters", ["AFP", "Reuters"]),
        ('&lt;a href="/a"&gt;Ida Berg&lt;/a&gt;', ["Ida Berg"]),
        ("<b>Ida</b> <i>Berg</i>", ["Ida Berg"]),
        ("van der Berg", ["van der Berg"]),
        ("webmaster", []),
        ("Site Administrator", []),
        ("Web Editor", []),
        ("jdoe_2", []),
        ("Redaktion Kultur", []),
        ("记者 山田太郎", ["山田太郎"]),
    ],
)  # fmt: skip
def test_authors_in_reads_names_as_printed(given: str, names: list[str]) -> None:
    assert [author.name for author in authors_in([given])] == names


def test_authors_in_keeps_declared_organization_in_lower_case() -> None:
    assert [a.name for a in authors_in(["kicker"], kind=AuthorKind.ORGANIZATION)] == ["kicker"]
