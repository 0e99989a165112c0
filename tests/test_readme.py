"""The README shows the product first, and its tables are what the code says."""

from __future__ import annotations

import re

import pytest
from support import readme, tree

from dashboard import health
from data import settings

TEXT = readme.README.read_text("utf-8")


def test_the_readme_opens_with_the_wall_and_the_two_commands() -> None:
    picture = TEXT.index("tests/screens/wall-1920x1080.png")
    first, second = TEXT.index("make run"), TEXT.index("make test")
    assert picture < first < second < TEXT.index("## ")


def test_the_generated_tables_are_up_to_date() -> None:
    assert readme.written(TEXT) == TEXT, "run `make readme`"


@pytest.mark.parametrize("variable", [name for name, _, _ in settings.table()])
def test_every_setting_stands_in_the_table(variable: str) -> None:
    assert f"| `{variable}` |" in TEXT


def test_every_file_the_readme_names_exists() -> None:
    linked = set(re.findall(r"\]\(([^)#:]+)\)", TEXT))
    assert [name for name in sorted(linked) if not (tree.ROOT / name).exists()] == []


def test_every_command_the_readme_names_is_one_of_the_makefile() -> None:
    goals = set(re.findall(r"^([a-z]+):", (tree.ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", TEXT)) <= goals


def test_the_running_version_is_the_newest_of_the_changelog() -> None:
    newest = re.search(r"^## (\S+)", (tree.ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == health.VERSION
