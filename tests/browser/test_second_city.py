"""Another city is another folder: Los Angeles, its real requests brought in by the command line, on the wall of the same code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pandas as pd
from playwright.sync_api import Page, expect
from support.serving import ROOT, Server

FOLDER = ROOT / "tests/examples/cities/los_angeles"
REQUESTS = ROOT.parent / "shared/data/la311/la_2020_requests_full.csv"


def test_a_second_city_is_on_the_wall_from_its_folder_alone(page: Page, tmp_path: Path) -> None:
    given = pd.read_csv(REQUESTS, dtype=str, keep_default_na=False)
    some = given[given.createddate.str.startswith("2020-01-01")][::4]
    some.to_csv(tmp_path / "some.csv", index=False)
    settings = {"VAR": str(tmp_path / "var"), "DEMO": "0", "CITY": str(FOLDER), "CLOCK": "2021-07-01T09:00:00-07:00"}
    server = Server(settings)
    command = [sys.executable, "-m", "etl.run", "ingest", "requests", str(tmp_path / "some.csv")]
    brought = subprocess.run(command, cwd=ROOT, env=server.environment, check=True, capture_output=True, text=True).stdout
    assert brought.startswith(f"some.csv: {len(some)} read, {len(some)} accepted (0 known before), 0 rejected."), brought
    page.set_viewport_size({"width": 1920, "height": 1080})
    with server:
        page.goto(f"{server.url}/wall?scene=overview&lang=en")
        expect(page.locator("[data-link=live]")).to_be_attached(timeout=20_000)
        expect(page.locator(".wall-header h1")).to_contain_text("Los Angeles")
        expect(page.locator("#live-list li[data-incident]").first).to_be_visible(timeout=20_000)
        expect(page.locator(".map-note")).to_contain_text("Neighbourhood council borders")
        page.goto(f"{server.url}/wall?scene=assessment&lang=en")
        expect(page.locator(".echo-received .figure-large")).to_have_text(f"{len(some)}", timeout=20_000)
        expect(page.locator(".echo-words")).to_contain_text("received = open + settled + rejected + merged + void")
        said = httpx.get(f"{server.url}/healthz").json()
        assert said["sources"]["requests"]["accepted"] == len(some) and said["sources"]["requests"]["rejected"] == 0
        page.goto("about:blank")
