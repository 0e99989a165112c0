"""What must not be passed over in silence, on a real wall: a ledger that does not add up, and a working calendar nobody has published."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from support.posting import TOKEN, message_xml, post_message
from support.serving import ROOT, Server

from data import engine as engines
from data.feed import number
from data.schema import incident

TONGXIANG = ROOT / "data/cities/tongxiang"
DAYS = "\n".join(
    f"  2036-01-{day:02}: {str(day not in (1, 5, 6, 12, 13, 19, 20, 26, 27)).lower()}" for day in range(1, 32)
)  # the first a holiday, and the weekends

IS_LATE = """each => {
  const probe = document.createElement("i");
  probe.style.color = getComputedStyle(document.querySelector(".wall")).getPropertyValue("--late");
  document.body.append(probe);
  return getComputedStyle(each).color === getComputedStyle(probe).color;
}"""
IS_WHOLE = "() => { const line = document.querySelector('#panel-ledger .ledger'); return line.scrollWidth <= line.clientWidth; }"


def report(client: httpx.Client, message_id: str, at: datetime, words: str) -> None:
    sent = int(at.timestamp())
    xml = message_xml(f"steward-{message_id}", sent, message_id, MsgType="text", Content=words)
    assert post_message(client, xml, sent).text == "success"


def open_wall(page: Page, server: Server, query: str = "") -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{server.url}/wall?scene=overview{query}")
    expect(page.locator("[data-link=live]")).to_be_attached(timeout=20_000)


def test_a_ledger_that_does_not_add_up_is_red_on_the_wall_and_names_its_rows(page: Page, prepared_url: str, tmp_path: Path) -> None:
    """Somebody writes a row past the store; the next report shows it, and when it is mended the next shows that too."""
    settings = {"VAR": str(tmp_path), "DEMO": "0", "WECHAT_TOKEN": TOKEN, "DATABASE_URL": prepared_url}
    engine = engines.create(prepared_url)
    line = page.locator("#panel-ledger .ledger")

    def write(state: str) -> None:
        with engines.writing(engine) as conn:
            conn.execute(update(incident).where(incident.c.source_ref == "1").values(state_code=state))

    with Server(settings) as server, httpx.Client(base_url=server.url) as client:
        open_wall(page, server)
        report(client, "1", datetime.now(UTC), "路灯不亮")
        expect(page.get_by_text("路灯不亮").first).to_be_visible(timeout=10_000)
        expect(line).to_have_text("● 账实相符 · 待回音 0", timeout=10_000)
        calm = line.evaluate("each => getComputedStyle(each).color")
        write("closed")
        report(client, "2", datetime.now(UTC), "井盖松动")
        expect(line).to_contain_text("账实不符", timeout=10_000)
        with engines.reading(engine) as conn:
            row = conn.execute(select(incident.c.id, incident.c.received_at).where(incident.c.source_ref == "1")).mappings().one()
        expect(line).to_contain_text(f"已上报 +1，{number(dict(row))}")
        assert line.evaluate(IS_LATE) and line.evaluate("each => getComputedStyle(each).color") != calm
        page.wait_for_function(IS_WHOLE)  # what is normal gives way to it
        expect(line).to_contain_text("▲")
        write("reported")
        report(client, "3", datetime.now(UTC), "垃圾满溢")
        expect(line).to_have_text("● 账实相符 · 待回音 0", timeout=10_000)
        page.goto("about:blank")
    engine.dispose()


def test_a_year_nobody_has_published_is_flagged_and_the_citys_own_days_give_the_deadline(page: Page, tmp_path: Path) -> None:
    """A report of Friday 28 December 2035, seven working days: with the city's own days 31 December, 2, 3, 4, 7, 8 and 9 January."""
    folder = shutil.copytree(TONGXIANG, tmp_path / "city")
    settings = {"VAR": str(tmp_path / "var"), "DEMO": "0", "WECHAT_TOKEN": TOKEN, "CITY": str(folder)}
    timeline, day = page.locator("#panel-timeline"), page.locator(".header-time .day")
    with Server(settings | {"CLOCK": "2035-12-28T10:00:00+08:00"}) as server, httpx.Client(base_url=server.url) as client:
        open_wall(page, server)
        expect(day).to_contain_text("工作日历未公布")
        report(client, "1", datetime.fromisoformat("2035-12-28T09:58:00+08:00"), "路边有人喧哗，说不清是什么事")
        expect(timeline).to_contain_text("限期需用未公布的工作日历，暂不推算", timeout=10_000)
        open_wall(page, server, "&lang=en")
        expect(day).to_contain_text("calendar not published")
        expect(timeline).to_contain_text("the deadline needs a working calendar that is not published yet", timeout=10_000)
        page.goto("about:blank")
    settings_of_city = folder / "city.yaml"
    written = settings_of_city.read_text()
    own = f"own_days:\n  2035-12-28: true\n  2035-12-29: false\n  2035-12-30: false\n  2035-12-31: true\n{DAYS}\n"
    kept = [line for line in written.splitlines(keepends=True) if not line.startswith("own_days:")]
    assert len(kept) == len(written.splitlines()) - 1
    settings_of_city.write_text("".join(kept) + own)
    with Server(settings | {"CLOCK": "2035-12-31T10:00:00+08:00"}) as server:
        open_wall(page, server)
        expect(day).to_contain_text("工作日")
        expect(day).not_to_contain_text("未公布")
        expect(timeline).to_contain_text("2036-01-09", timeout=10_000)
        expect(timeline).not_to_contain_text("未公布")
        page.goto("about:blank")


@pytest.mark.parametrize("host", ["127.0.0.2"])
def test_another_host_and_port_are_where_it_says_it_is(page: Page, tmp_path: Path, host: str) -> None:
    server = Server({"VAR": str(tmp_path), "DEMO": "0", "HOST": host})
    server.url = f"http://{host}:{server.port}"
    with server:
        assert httpx.get(f"{server.url}/wall").status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{server.port}/wall")
