"""The map with a ruler: every late one is drawn and seen, no name covers another, each scene has its layers and says what they mean."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.bases import mbtiles, png, with_base
from support.serving import Server

REDRAWN_MS = 30_000  # lateness goes on without any event; the map follows by the third of a minute
SHOWN = """
() => {
  const { late, clusters, alone, names, target, view, unit } = document.getElementById('map-marks').shown;
  return { late, clusters, alone, names: (names ?? []).map(({ left, right, top, bottom, name }) => ({ left, right, top, bottom, name })), target: target ?? null, unit, width: view.width, height: view.height };
}
"""


@pytest.fixture(scope="module")
def demo(rehearse: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The invented county with a base and a base map, its history done."""
    folder = tmp_path_factory.mktemp("map")
    tiles = mbtiles(folder / "county.mbtiles", {(10, 854, 420): png(230), (11, 1709, 840): png(230)}, attribution="Survey 2026")
    return rehearse(CITY=str(with_base(folder / "city")), BASEMAP=str(tiles))


def open_scene(page: Page, server: Server, scene: str, size: tuple[int, int], path: str = "/wall", more: str = "") -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{server.url}{path}?scene={scene}{more}")
    expect(page.locator("[data-link=live]")).to_be_attached(timeout=15_000)
    expect(page.locator("#map-marks[data-marks]")).to_be_attached(timeout=10_000)
    page.wait_for_timeout(2500)


def late_ones(server: Server, area: str) -> tuple[set[int], set[int]]:
    """Those on the map that are late, and those of them that were when the map was last drawn of itself."""
    state = httpx.get(f"{server.url}/state/{area}").json()
    dues = {each["id"]: each["due"] for each in state["points"] if each["due"] and each["state"] != "suspended"
            and not (each["resolved"] and each["resolved"] <= each["due"])}  # fmt: skip
    late = {number for number, due in dues.items() if due < state["now"]}
    return late, {number for number in late if dues[number] < state["now"] - REDRAWN_MS}


def overlap(one: dict[str, float], two: dict[str, float]) -> bool:
    return one["left"] < two["right"] and two["left"] < one["right"] and one["top"] < two["bottom"] and two["top"] < one["bottom"]


def check_names(found: dict[str, Any]) -> None:
    for place, one in enumerate(found["names"]):
        assert one["left"] >= 0
        assert one["top"] >= 0
        assert one["right"] <= found["width"]
        assert one["bottom"] <= found["height"]
        assert not [two["name"] for two in found["names"][:place] if overlap(one, two)], one["name"]


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("path", ["/wall", "/wall/330483100"])
def test_every_late_one_is_drawn_and_no_number_or_name_is_covered(
    demo: Server, page: Page, path: str, size: tuple[int, int]
) -> None:
    open_scene(page, demo, "overview", size, path)
    area = path.removeprefix("/wall").strip("/") or "330483"
    deadline = time.monotonic() + 60  # a frame of a large wall takes its time without a graphics card
    while True:
        before, settled = late_ones(demo, area)
        found = page.evaluate(SHOWN)
        drawn = {each["id"] for each in found["late"]}
        counted = int(page.locator("#map-marks").get_attribute("data-late") or 0)
        after, _ = late_ones(demo, area)
        if settled & after <= drawn <= before | after or time.monotonic() > deadline:
            break
        page.wait_for_timeout(1000)
    assert len(before) >= (100 if path == "/wall" else 5)
    assert settled & after <= drawn <= before | after
    assert len(settled & after) <= counted <= len(before | after)
    assert len(found["clusters"]) > 3
    for cluster in found["clusters"]:
        room = found["unit"] * ((5.2 * len(str(cluster["count"]))) ** 2 + 6.5**2) ** 0.5
        for mark in found["late"]:
            apart = ((mark["x"] - cluster["x"]) ** 2 + (mark["y"] - cluster["y"]) ** 2) ** 0.5
            assert apart >= room + 1.25 * mark["size"], (cluster, mark)
    assert len(found["names"]) >= 8
    check_names(found)


def test_analysis_shows_where_and_says_with_what(demo: Server, page: Page) -> None:
    open_scene(page, demo, "analysis", (1920, 1080))
    expect(page.locator(".panel-map")).to_have_attribute("data-layers", "choropleth heat")
    found = page.evaluate(SHOWN)
    assert (found["late"], found["clusters"], len(found["names"])) == ([], [], 11)
    check_names(found)
    legend = page.locator(".map-legend")
    expect(legend).to_contain_text("按期处置率 % · 本月")
    expect(legend).to_contain_text("近 7 天上报密度")
    expect(legend.locator(".key-step")).to_have_count(5)
    printed = [float(each) for each in legend.locator(".key-step b").all_inner_texts()]
    values = [each["value"] for each in httpx.get(f"{demo.url}/values/330483?metric=on_time_rate").json()["areas"].values()]
    assert printed == sorted(printed)
    assert (printed[0], printed[-1]) == pytest.approx((min(values), max(values)), abs=0.3)


def test_command_marks_the_case_in_focus_with_a_target(demo: Server, page: Page) -> None:
    open_scene(page, demo, "command", (1920, 1080))
    expect(page.locator(".panel-map")).to_have_attribute("data-layers", "marks target")
    found = page.evaluate(SHOWN)
    target = found["target"]
    assert target is not None
    assert abs(target["x"] - found["width"] / 2) < 2
    assert abs(target["y"] - found["height"] / 2) < 2
    assert target["id"] not in [each["id"] for each in found["late"]]


def test_forces_shows_reports_by_place(demo: Server, page: Page) -> None:
    open_scene(page, demo, "forces", (3840, 1080), more="&lang=en")
    expect(page.locator(".panel-map")).to_have_attribute("data-layers", "choropleth")
    expect(page.locator(".map-legend")).to_contain_text("reports, cases · Week")


@pytest.mark.parametrize(
    ("scene", "size"), [("overview", (1920, 1080)), ("analysis", (1920, 1080)), ("command", (1920, 1080)), ("forces", (3840, 1080))]
)
def test_the_map_says_in_every_scene_that_borders_are_schematic_and_whose_it_is(
    demo: Server, page: Page, scene: str, size: tuple[int, int]
) -> None:
    open_scene(page, demo, scene, size)
    note = page.locator(".map-note")
    expect(note).to_have_text("镇村网格界线为示意 · 市界 天地图，底图 Survey 2026，水系 示例")
    box = note.bounding_box()
    panel = page.locator(".panel-map").bounding_box()
    assert box is not None
    assert panel is not None
    assert panel["x"] - 1 <= box["x"]
    assert box["x"] + box["width"] <= panel["x"] + panel["width"] + 1
    assert note.evaluate("(element) => element.scrollWidth <= element.clientWidth + 1")


def test_base_layers_and_tiles_lie_under_the_borders(demo: Server, page: Page) -> None:
    open_scene(page, demo, "overview", (1920, 1080))
    assert page.locator(".map path.base-water").count() == 2
    assert page.locator(".map path.base-road").count() == 2
    assert page.locator(".map path.base-rail").count() == 1
    depth = (
        "(element) => Number(getComputedStyle(element.closest('.leaflet-pane[style], .leaflet-pane.leaflet-overlay-pane')).zIndex)"
    )
    base, border = (page.locator(f".map path.{name}").first.evaluate(depth) for name in ("base-water", "border-county"))
    assert 200 < base < border
    assert page.locator(".map img.leaflet-tile-loaded").count() > 0


def test_another_theme_is_drawn_at_once_with_its_own_colours(demo: Server, page: Page) -> None:
    open_scene(page, demo, "analysis", (1920, 1080))
    middle = """
    () => {
      const canvas = document.getElementById('map-marks'), { names, unit } = canvas.shown, { left, bottom } = names[0];
      const copy = new OffscreenCanvas(canvas.easel.width, canvas.easel.height).getContext('2d');
      copy.drawImage(canvas, 0, 0);
      return [...copy.getImageData((left - 4 * unit) * devicePixelRatio, (bottom + 6 * unit) * devicePixelRatio, 1, 1).data];
    }
    """
    before = page.evaluate(middle)
    page.add_style_tag(
        content=":root[data-theme=trial] { --step-1: lime; --step-2: lime; --step-3: lime; --step-4: lime; --step-5: lime; --heat: lime; }"
    )
    page.evaluate("document.documentElement.dataset.theme = 'trial'")
    page.wait_for_timeout(300)
    red, green, blue, _ = page.evaluate(middle)
    assert (red, green, blue) != tuple(before[:3])
    assert green > 200
    assert red < 90
    assert blue < 90
