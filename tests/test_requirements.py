"""What is pinned is what is used: no import without a requirement, no requirement without a use."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest
from support import tree

USED_BY_OTHERS = {
    "plotly": "dash imports it and takes any version",
    "psycopg": "SQLAlchemy imports it for a PostgreSQL address",
    "starlette": "fastapi imports it and takes any version",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}
OURS = {*tree.PACKAGES, "support"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(name: str) -> dict[str, str]:
    """Requirement -> its line."""
    lines = (tree.ROOT / name).read_text("utf-8").splitlines()
    return {normal(re.split(r"[\[=]", line)[0]): line for line in lines if line and not line.startswith("#")}


def distributions(folders: tuple[str, ...]) -> set[str]:
    """The distributions that the Python files of these folders import."""
    paths = [*tree.files(".py", under=folders), *([tree.ROOT / "app.py"] if "data" in folders else [])]
    makers = tree.ROOT / "data/cities"
    names = {name.split(".")[0] for path in paths if not path.is_relative_to(makers) for name in tree.imports(path)}
    known = packages_distributions()
    foreign = {name for name in names if name not in sys.stdlib_module_names and name not in OURS}
    return {normal(known.get(name, [name])[0]) for name in foreign}


def test_the_product_imports_nothing_that_is_not_pinned() -> None:
    assert distributions(tree.PACKAGES) - set(pinned("requirements.txt")) == set()


def test_nothing_is_pinned_for_the_product_that_it_does_not_use() -> None:
    assert set(pinned("requirements.txt")) - distributions(tree.PACKAGES) - set(USED_BY_OTHERS) == set()


def test_the_tests_import_nothing_that_is_not_pinned() -> None:
    both = {**pinned("requirements.txt"), **pinned("requirements-dev.txt")}
    assert distributions(("tests",)) - set(both) == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_its_reason(name: str) -> None:
    wrong = [line for line in pinned(name).values() if not re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+  # \S.*", line)]
    assert wrong == []


def test_the_start_does_without_what_only_patterns_need() -> None:
    heavy = ("scipy.stats", "sklearn", "ruptures", "jieba")
    asked = f"import sys, app; print(*[name for name in {heavy} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", asked], cwd=tree.ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
