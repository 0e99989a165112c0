"""The page before Dash: every module has its checksum, and a wall's are asked for at once."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from layouts import front, shell

MODULES = Path("dashboard/assets/modules")


def test_a_module_comes_with_all_that_it_imports(tmp_path: Path) -> None:
    (tmp_path / "wall.mjs").write_text('import { a } from "./a.mjs";\nimport {\n  b,\n} from "./b.mjs";\n')
    (tmp_path / "a.mjs").write_text('export { b } from "./b.mjs";\nconst text = "./never.mjs";\n')
    (tmp_path / "b.mjs").write_text('import "./wall.mjs";')
    (tmp_path / "other.mjs").write_text("")
    assert front.reached(tmp_path, "wall.mjs") == ["wall.mjs", "a.mjs", "b.mjs"]


def test_a_changed_module_has_another_address(tmp_path: Path) -> None:
    (tmp_path / "wall.mjs").write_text("1")
    before = front.page(tmp_path, "330483", "county")
    (tmp_path / "wall.mjs").write_text("2")
    assert before != front.page(tmp_path, "330483", "county")


def test_what_is_named_by_its_checksum_is_kept_and_nothing_else() -> None:
    server = FastAPI()
    screen = shell.create(server, "330483", "county")
    shell.make_ready(screen)
    with TestClient(server) as client:
        text = client.get("/wall").text
        assert "dash_ag_grid" in text and text.count("dash_ag_grid.v") == 1  # for the analyst's page alone
        wall = {part for part in text.split('"') if part.startswith("/assets/modules/wall.mjs?m=")}
        assert len(wall) == 1
        assert client.get(wall.pop()).headers["cache-control"] == front.KEPT.decode()
        assert "cache-control" not in client.get("/assets/modules/wall.mjs").headers
        assert "cache-control" not in client.get("/assets/modules/none.mjs?m=1").headers
