"""The source tree as the tests of the house read it: which files there are, and what stands in them."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("data", "etl", "dashboard", "layouts", "callbacks")
CHINESE = re.compile(r"[\u3400-\u9fff]")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def files(*endings: str, under: tuple[str, ...] = PACKAGES) -> list[Path]:
    """The files of these folders with one of these endings, caches left out."""
    found = [path for folder in under for path in (ROOT / folder).rglob("*") if path.suffix in endings and path.is_file()]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def python_files() -> list[Path]:
    """Every Python file of the product."""
    return [ROOT / "app.py", *files(".py")]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def line_count(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def imports(path: Path) -> set[str]:
    """The dotted names a file imports, as `package.module`."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{each.name}" for each in node.names}
    return names


def docstrings(tree: ast.AST) -> set[int]:
    """The identities of the constants that are docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    first = [node.body[0] for node in ast.walk(tree) if isinstance(node, owners) and node.body]
    return {id(each.value) for each in first if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)}


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every string literal that is no docstring, pieces of f-strings included."""
    tree = parsed(path)
    skipped = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def names_bound(path: Path) -> Iterator[tuple[int, str]]:
    """(line, name) of every variable and argument."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def statement_count(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Statements of a function, however deep, its docstring and itself left out."""
    skipped = docstrings(function)
    inner = [node for node in ast.walk(function) if isinstance(node, ast.stmt) and node is not function]
    return sum(not (isinstance(node, ast.Expr) and id(node.value) in skipped) for node in inner)


def script_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of a script or style, comments left out."""
    text = re.sub(r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"), path.read_text("utf-8"), flags=re.DOTALL)
    for number, line in enumerate(text.splitlines(), start=1):
        yield number, re.sub(r"(^|\s)//.*$", "", line)


def tracked() -> set[str]:
    """The paths under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return set(listed.split("\0")) - {""}
