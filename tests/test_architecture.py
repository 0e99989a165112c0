"""The house tests itself: what lives where, how long it is, and who may say what. Import contracts are in pyproject.toml."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from support import tree

# Debt: each with its reason, and the list is short.
LONG_FILES = {"data/migrations/versions/0001_first_tables.py": "a migration is written once and never edited"}
CHINESE_PLACES = ("data/vocabulary.py", "data/metrics/", "data/cities/", "dashboard/words/")
CHINESE_FILES = {
    "data/city_files.py": "the words for types of limit in a city's limits.csv, which a Chinese clerk fills",
    "etl/scrub.py": "what stands in a kept text where an identity number stood",
}
FOREIGN_SCRIPTS = ("00-plotly", "leaflet", "vendor/")  # other people's, as they came
COLOUR_FILES = ("dashboard/theme.py", "dashboard/assets/tokens.css")
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})(?![\w-])|\b(?:rgb|hsl)a?\(\s*[\d.]")
FORBIDDEN_NAMES = {"data", "layout", "callback", "df"}
APP_IMPORTS = {"callbacks", "dashboard", "data", "etl", "layouts", "dash", "fastapi", "uvicorn"}
MACHINE_PATHS = re.compile("|".join(("/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/", "/tm" + r"p/\w")))
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}


def nothing(found: Iterable[object]) -> None:
    """Fails with one line for each thing found."""
    lines = [str(each) for each in found]
    assert not lines, "\n" + "\n".join(lines)


def is_foreign(path: Path) -> bool:
    return any(mark in tree.shown(path) for mark in FOREIGN_SCRIPTS)


def scripts(*endings: str) -> list[Path]:
    return [path for path in tree.files(*endings, under=("dashboard",)) if not is_foreign(path)]


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    written = [*tree.python_files(), *tree.files(".py", ".mjs", under=("tests",)), *scripts(".js", ".mjs", ".css")]
    lengths = {tree.shown(path): tree.line_count(path) for path in written}
    nothing(f"{name}: {length}" for name, length in lengths.items() if length > 300 and name not in LONG_FILES)


def test_browser_modules_stay_under_a_hundred_lines() -> None:
    lengths = {tree.shown(path): tree.line_count(path) for path in scripts(".mjs")}
    nothing(f"{name}: {length}" for name, length in lengths.items() if length >= 100)


def test_the_entry_point_only_puts_the_house_together() -> None:
    app = tree.ROOT / "app.py"
    foreign = {name.split(".")[0] for name in tree.imports(app)} - APP_IMPORTS - set(__import__("sys").stdlib_module_names)
    nothing(foreign)
    assert tree.line_count(app) < 80
    called = {ast.unparse(node.func) for node in ast.walk(tree.parsed(app)) if isinstance(node, ast.Call)}
    assert not {name for name in called if name.endswith((".callback", ".execute", ".clientside_callback"))}


def test_a_callback_has_at_most_ten_statements() -> None:
    leaves = [
        (f"{tree.shown(path)}:{each.lineno} {each.name}", tree.statement_count(each))
        for path in tree.files(".py", under=("callbacks",))
        for each in tree.functions(path)
        if not any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(each) if node is not each)
        and each.name not in ("register", "register_all")
    ]
    nothing(f"{name}: {count}" for name, count in leaves if count > 10)


def test_callbacks_are_never_registered_at_import() -> None:
    # Dash's global list empties into the first app: the second of a process would have none.
    nothing(tree.shown(path) for path in tree.python_files() if tree.imports(path) & {"dash.callback", "dash.clientside_callback"})


def test_colours_stand_in_the_theme_alone() -> None:
    screen = [*tree.files(".py", under=("dashboard", "layouts", "callbacks"))]
    said = [(path, line, text) for path in screen for line, text in tree.literals(path)]
    said += [(path, line, text.partition(":")[2] if path.suffix == ".css" else text)
             for path in scripts(".js", ".mjs", ".css") for line, text in tree.script_lines(path)]  # fmt: skip
    nothing(f"{tree.shown(p)}:{line} {text.strip()[:60]}" for p, line, text in said
            if COLOUR.search(text) and tree.shown(p) not in COLOUR_FILES)  # fmt: skip


def test_chinese_words_stand_with_the_thing_they_name() -> None:
    said = [(path, line, text) for path in tree.python_files() for line, text in tree.literals(path)]
    said += [(path, line, text) for path in scripts(".js", ".mjs", ".css") for line, text in tree.script_lines(path)]
    nothing(f"{tree.shown(p)}:{line} {text.strip()[:40]}" for p, line, text in said
            if tree.CHINESE.search(text) and not tree.shown(p).startswith(CHINESE_PLACES)
            and tree.shown(p) not in CHINESE_FILES)  # fmt: skip


def test_no_variable_is_named_like_a_room_of_the_house() -> None:
    bound = [(path, line, name) for path in tree.python_files() for line, name in tree.names_bound(path)]
    nothing(f"{tree.shown(path)}:{line} {name}" for path, line, name in bound if name in FORBIDDEN_NAMES)


def test_every_module_says_what_lives_in_it() -> None:
    silent = [path for path in tree.python_files() if path.name != "__init__.py" and not ast.get_docstring(tree.parsed(path))]
    nothing(tree.shown(path) for path in silent)


def test_package_files_are_empty_but_those_that_list_their_folder() -> None:
    full = {tree.shown(path) for path in tree.files(".py") if path.name == "__init__.py" and path.read_text().strip()}
    nothing(full - {"callbacks/__init__.py", "data/metrics/__init__.py", "etl/sources/__init__.py"})


def test_only_the_settings_read_the_environment() -> None:
    readers = {tree.shown(path) for path in tree.python_files() if re.search(r"\bos\.(environ|getenv)\b", path.read_text())}
    nothing(readers - {"data/settings.py"})


def test_only_the_clock_knows_what_time_it_is() -> None:
    called = {
        f"{tree.shown(path)}:{node.lineno}"
        for path in tree.python_files()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS
    }
    nothing(place for place in called if not place.startswith("data/clocks.py:"))


def test_only_the_engine_knows_a_dialect() -> None:
    knowing = {tree.shown(path) for path in tree.python_files() if any(".dialects" in name for name in tree.imports(path))}
    assert {name for name in knowing if not name.startswith("data/migrations/")} <= {"data/engine.py"}


def test_nothing_imports_a_whole_package_or_the_tests() -> None:
    names = {(tree.shown(path), name) for path in tree.python_files() for name in tree.imports(path)}
    nothing(each for each in names if each[1] in ("data", "etl", "dashboard") and f"import {each[1]}\n" in _text(each[0]))
    nothing(each for each in names if each[1].split(".")[0] in ("tests", "support"))


def test_no_room_is_called_utils() -> None:
    vague = {"utils", "util", "helpers", "common", "misc"}
    nothing(tree.shown(path) for path in tree.files(".py") if path.stem in vague or vague & set(path.parts))


@pytest.mark.parametrize("package", tree.PACKAGES)
def test_each_package_comes_from_this_repository(package: str) -> None:
    # Without its `__init__.py`, any folder of that name on the path imports silently as an empty namespace.
    found = importlib.import_module(package).__file__
    assert found is not None
    assert Path(found) == tree.ROOT / package / "__init__.py"


def test_the_bottom_of_the_house_is_under_version_control() -> None:
    tracked = tree.tracked()
    assert "data/__init__.py" in tracked
    for folder in ("data/cities/tongxiang/", "data/migrations/versions/", "dashboard/words/"):
        assert any(path.startswith(folder) for path in tracked), folder


def test_no_path_of_a_machine_is_written_down() -> None:
    endings = (".py", ".toml", ".md", ".yaml", ".txt", ".mjs", ".js", ".css", "Makefile", ".ci/run", ".ci/packages")
    ours = [tree.ROOT / name for name in tree.tracked() if name.endswith(endings)]
    texts = [(path, path.read_text("utf-8")) for path in ours if path.exists() and not is_foreign(path)]
    nothing(tree.shown(path) for path, text in texts if MACHINE_PATHS.search(text))


def test_tests_mirror_the_tree_and_are_no_packages() -> None:
    names = [tree.shown(path) for path in tree.files(".py", under=("tests",))]
    nothing(name for name in names if name.endswith("__init__.py"))
    folders = {name.split("/")[1] for name in names if name.count("/") > 1}
    assert folders <= {*tree.PACKAGES, "support", "browser", "bench", "examples"}


def test_every_id_of_the_page_stands_once_in_its_list() -> None:
    counted = Counter(text for _, text in tree.literals(tree.ROOT / "dashboard/ids.py"))
    nothing(text for text, count in counted.items() if count > 1)


def test_components_and_callbacks_name_ids_through_the_list() -> None:
    written = [
        f"{tree.shown(path)}:{node.lineno} {ast.unparse(given)}"
        for path in tree.files(".py", under=("dashboard", "layouts", "callbacks"))
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call)
        for given in _ids_given(node)
    ]
    nothing(written)


def _ids_given(call: ast.Call) -> list[ast.expr]:
    """Plain strings that a call gives as an id."""
    given = [each.value for each in call.keywords if each.arg == "id"]
    if ast.unparse(call.func).split(".")[-1] in ("Input", "Output", "State"):
        given += call.args[:1]
    return [each for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _text(name: str) -> str:
    return (tree.ROOT / name).read_text("utf-8")
