import re

from streams.records.topics import TOPICS
from tools.reference import commands_reference, records_reference
from tools.tables import commands


def test_commands_reference_has_a_section_for_every_command() -> None:
    assert re.findall(r"^## (.*)", commands_reference(), re.MULTILINE) == list(commands())


def test_commands_reference_has_values_and_defaults() -> None:
    sections = commands_reference().split("\n## ")
    (section,) = [part for part in sections if part.startswith("streams alerts test\n")]

    assert "| `--since`, `--from` | `str` |" in section
    assert "Default: `7d`. |" in section


def test_records_reference_has_a_section_for_every_record() -> None:
    found = re.findall(r"^## (\w+)", records_reference(), re.MULTILINE)

    assert {record.__name__ for topic in TOPICS for record in topic.records} <= set(found)


def test_records_reference_links_to_sections_that_exist() -> None:
    reference = records_reference()
    sections = {name.lower() for name in re.findall(r"^## (\w+)", reference, re.MULTILINE)}

    assert set(re.findall(r"\]\(#(\w+)\)", reference)) <= sections
