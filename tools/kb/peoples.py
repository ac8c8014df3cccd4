"""Nationalities, religions and political groups: demonyms.tsv."""

from pathlib import Path

from kb.entry import Collection
from streams.tag.names import fold

DATA = Path(__file__).parent / "data"
PLURAL = ("an", "en", "in", "on", "i", "ot", "ite", "ard", "er", "ean", "o", "ine")


def add_peoples(collection: Collection) -> None:
    """Add one entity for each people; its plural and adjective are names of it."""
    for line in (DATA / "demonyms.tsv").read_text().splitlines()[1:]:
        if line.startswith("#") or not line:
            continue
        code, forms = line.split("\t")
        listed = forms.split("|")
        # A line without a code holds many peoples; a form and its plural are one.
        groups = [listed] if code != "-" else [[form] for form in listed]
        for group in groups:
            name = group[0]
            stem = name.removesuffix("s") if code == "-" and name[:-1] in listed else name
            id_ = "local:norp:" + fold(stem).replace(" ", "-")
            entry = collection.entry(id_, stem, "norp", 70, "demonyms.tsv")
            if code != "-" and not entry.notes:
                entry.notes.append("@" + code.split("-")[0])
            entry.add_names(group)
            if code != "-":
                entry.add_names(form + "s" for form in group if form.endswith(PLURAL))
            entry.scan.update(entry.names)
