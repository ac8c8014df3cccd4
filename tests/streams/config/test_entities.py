import os
from pathlib import Path

import pytest

from streams.config.entities import load_entities, parse_entities, watched_tagger
from streams.errors import UsageError
from streams.outcome import Emit
from streams.records.enriched import EnrichedArticle
from streams.tag.article import Tagger, tag_article
from tests.support.builders import unique_article

ENTRY = '[[entity]]\nid = "{id}"\nname = "Zorbital Harbor Works"\ntype = "org"\n'


def tagged(tagger: Tagger) -> EnrichedArticle:
    outcome = tag_article(unique_article(text="At Zorbital Harbor Works nobody spoke."), tagger)
    assert isinstance(outcome, Emit)
    return outcome.record


def ids(tagger: Tagger) -> set[str]:
    return {mention.entity_id for mention in tagged(tagger).mentions}


def test_watched_tagger_follows_changes_of_file(tmp_path: Path, tagger: Tagger) -> None:
    path = tmp_path / "entities.toml"
    path.write_text(ENTRY.format(id="Q999999991"))
    current = watched_tagger(tagger, path)

    assert "Q999999991" in ids(current())
    path.write_text(ENTRY.format(id="Q999999992"))
    os.utime(path, ns=(1, 1))
    assert "Q999999992" in ids(current())
    path.unlink()
    assert "Q999999992" not in ids(current())


def test_watched_tagger_keeps_entries_on_invalid_change(tmp_path: Path, tagger: Tagger) -> None:
    path = tmp_path / "entities.toml"
    path.write_text(ENTRY.format(id="Q999999991"))
    current = watched_tagger(tagger, path)
    path.write_text("[[entity]]\nname = 3\n")

    assert "Q999999991" in ids(current())


def test_watched_tagger_refuses_invalid_file_at_start(tmp_path: Path, tagger: Tagger) -> None:
    path = tmp_path / "entities.toml"
    path.write_text("[[entity]]\n")

    with pytest.raises(UsageError, match="give a name"):
        watched_tagger(tagger, path)


def test_watched_tagger_refuses_missing_named_file(tmp_path: Path, tagger: Tagger) -> None:
    assert watched_tagger(tagger)() is tagger
    with pytest.raises(UsageError, match="No such file"):
        watched_tagger(tagger, tmp_path / "none.toml")


def test_load_entities_error_names_file(tmp_path: Path) -> None:
    file = tmp_path / "entities.toml"
    file.write_text("[[entity]]\nname = 7\n")

    with pytest.raises(UsageError, match=r"entities\.toml"):
        load_entities(file)


def test_load_entities_without_file_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_entities() == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[entity]", "^entities.toml:1: not valid TOML"),
        ("[other]\nx = 1", ":1: other: expected only tables"),
        ("[entity]\nname = 'A'", r":1: entity: expected \[\[entity\]\]"),
        ("[[entity]]\ntype = 'org'", ":1: name: missing; give a name"),
        ("[[entity]]\nname = ''\ntype = 'org'", ":2: name: give a name"),
        ("[[entity]]\nname = 'Acme'\ntype = 'firm'", ":3: type: give one of person, org, "),
        ("[[entity]]\nname = 'Acme'\ntype = 'org'\nid = 'X1'", ":4: id: give Q…"),
        ("[[entity]]\nname = 'Acme'\ntype = 'org'\naliases = 'A'", ":4: aliases: give a list"),
        ("[[entity]]\nname = 'Acme'\ntype = 'org'\naliases = ['-']", ":4: aliases: give a list"),
        ("[[entity]]\nname = 'Acme'\ntype = 'org'\ncolor = 'red'", ":4: color: unknown; known"),
        ("[[entity]]\nnam = 'Acme'", ':2: nam: unknown; .*; did you mean "name"'),
    ],
)
def test_parse_entities_error_names_line_and_field(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_entities(text)
