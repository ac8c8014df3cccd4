"""First names of many countries, from faker (MIT)."""

import importlib
import pkgutil

from faker.providers import person

from kb.words import Words

_SHORTEST = 3


def english_first_names() -> set[str]:
    """Return the first names in faker's data for the United States and Britain."""
    return _names("en_US") | _names("en_GB")


def first_names(words: Words) -> set[str]:
    """Return those of all countries in spaced scripts, without ordinary English words."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        if module.ispkg:
            found |= _names(module.name)
    return {
        name
        for name in found
        if name[:1].isupper() and len(name) >= _SHORTEST and not words.is_ordinary(name)
    }


def last_names() -> set[str]:
    """Return the surnames in faker's data for some large countries."""
    locales = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pl_PL", "nl_NL", "sv_SE")
    return set().union(*(_names(locale, LAST) for locale in locales))


FIRST = ("first_names", "first_names_female", "first_names_male")
LAST = ("last_names",)


def _names(locale: str, fields: tuple[str, ...] = FIRST) -> set[str]:
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    names: set[str] = set()
    for field in fields:
        listed = getattr(provider, field, ())
        if not isinstance(listed, property):
            names.update(part for name in listed for part in name.split())
    return names
