"""Photographs on a screen: which are shown and which are only told of, and the one route by which a file leaves the house."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import plotly.utils
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, update
from support import filed
from support.house import NOON
from support.pictures import picture

from dashboard import ids, photograph_routes
from dashboard.figures import photographs as figures
from dashboard.i18n import Look
from dashboard.incident_panels import INCIDENT_PANELS
from dashboard.rendering import Renderer
from dashboard.scene_panels import SCENE_PANELS
from dashboard.selection import Selection
from data import arrivals, photographs, picture_files
from data import engine as engines
from data.city import City
from data.rewind import Rewound
from data.schema import incident, message, metadata
from data.schema_intake import photograph
from data.settings import Settings
from etl import pictures

CASE = {"id": 7, "received_at": NOON, "media_count": 0, "is_restricted": False}
KEPT = {"state_code": "kept", "reason": "", "checksum": "a" * 64, "width": 4, "height": 3, "kept_at": NOON}
PANELS = {each.key: each for each in (*INCIDENT_PANELS, *SCENE_PANELS)}


def one(state: str, reason: str = "") -> dict[str, Any]:
    return KEPT | {"state_code": state, "reason": reason}


def house(engine: Engine, city: City, folder: Path, *colours: str, **columns: Any) -> tuple[int, list[str]]:
    """A case with a photograph of each colour, kept; gives its number and their checksums."""
    number = filed.report(engine, city, "a", NOON, report_text="护栏坏了", **columns)
    return number, [keep(engine, folder, number, place, colour) for place, colour in enumerate(colours)]


def keep(engine: Engine, folder: Path, incident_id: int, place: int, colour: str) -> str:
    made = pictures.clean(picture(colour))
    checksum = picture_files.keep(folder, made.body)
    with engines.writing(engine) as conn:
        raw = arrivals.keep_snapshot(conn, source="wechat", name="x", media_type="text/xml", body=colour.encode(), received_at=NOON)
        row = {"source": "wechat", "source_ref": f"{incident_id}-{place}", "checksum": raw, "received_at": NOON, "sent_at": NOON}
        arrivals.keep_message(conn, row | {"kind_code": "image", "state_code": "filed", "incident_id": incident_id})
        found = conn.execute(message.select().where(message.c.source_ref == row["source_ref"])).mappings().one()
        photographs.notice(conn, found, NOON)
        kept = {"state_code": "kept", "checksum": checksum, "width": made.width, "height": made.height, "kept_at": NOON}
        conn.execute(update(photograph).where(photograph.c.message_id == found["id"]).values(**kept))
    return checksum


def shown(engine: Engine, city: City, key: str, number: int, *, is_on: bool = True, **chosen: Any) -> str:
    renderer = Renderer(engine, city, shows_photographs=is_on)
    drawn = renderer.render(PANELS[key], Selection("330483", "county", chosen.pop("language", "zh-CN"), number, **chosen), NOON)
    return json.dumps(drawn.children, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def client(engine: Engine, folder: Path, is_on: str = "1") -> TestClient:
    server = FastAPI()
    server.include_router(photograph_routes.router(engine, Settings(var=str(folder), photographs=is_on)))
    return TestClient(server)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_is_not_to_be_seen_is_told_in_words(city: City, language: str) -> None:
    look = Look(language, city.zone)
    states = [one("waiting"), one("fetching"), one("waiting", "not_configured"), one("gone"), one("refused"), one("failed"), KEPT]
    drawn = figures.gallery(CASE | {"media_count": 9}, states, look, is_on=True)
    assert [each["src"] for each in drawn["pictures"]] == [f"/photographs/{'a' * 64}.jpg"]
    assert [each[0] for each in drawn["words"]] == ["2", "1", "1", "1", "1", "2"] and len(set(drawn["words"])) == 6
    assert "20261124-000007" in drawn["pictures"][0]["alt"]


def test_off_or_restricted_there_are_words_and_no_picture(city: City) -> None:
    look, case = Look("zh-CN", city.zone), CASE | {"media_count": 2}
    off = figures.gallery(case, [KEPT, KEPT], look, is_on=False)
    hidden = figures.gallery(case | {"is_restricted": True}, [KEPT, KEPT], look, is_on=True)
    assert [each["pictures"] for each in (off, hidden)] == [[], []]
    assert off["words"] == ["2 张照片：未启用照片显示，不取回、不展示"]
    assert hidden["words"] == ["内容不公开：2 个附件不显示"]
    assert figures.gallery(CASE, [], look, is_on=True) == {"pictures": [], "words": ["没有照片或附件"]}
    assert figures.at_large(CASE, [], look, is_on=True) == {"pictures": [], "words": ""}


def test_a_wall_shows_three_and_says_how_many_more_there_are(city: City) -> None:
    look = Look("en", city.zone)
    drawn = figures.at_large(CASE, [KEPT] * 5 + [one("waiting")], look, is_on=True)
    assert len(drawn["pictures"]) == 3 and drawn["words"] == "2 more; 1 being fetched"


@pytest.mark.parametrize("key", [ids.INCIDENT_MEDIA, ids.PANEL_CASE])
def test_panels_show_photographs_only_where_they_may(engine: Engine, city: City, tmp_path: Path, key: str) -> None:
    number, (first, second) = house(engine, city, tmp_path, "navy", "olive", media_count=2)
    full = shown(engine, city, key, number)
    assert full.index(first) < full.index(second) and "note-failed" not in full
    off = shown(engine, city, key, number, is_on=False)
    assert "/photographs/" not in off and "2 张照片：未启用照片显示" in off
    assert "showing them is off" in shown(engine, city, key, number, is_on=False, language="en")
    with engines.writing(engine) as conn:
        conn.execute(update(incident).values(is_restricted=True))
    hidden = shown(engine, city, key, number)
    assert "/photographs/" not in hidden and "内容不公开：2 个附件不显示" in hidden
    bare = filed.report(engine, city, "b", NOON)
    assert "photograph" not in shown(engine, city, key, bare)


def test_a_replay_shows_what_was_here_at_its_instant(engine: Engine, city: City, tmp_path: Path) -> None:
    number, (early, late) = house(engine, city, tmp_path, "navy", "olive", media_count=2)
    hour = timedelta(hours=1)
    with engines.writing(engine) as conn:
        conn.execute(update(photograph).where(photograph.c.checksum == late).values(kept_at=NOON + 2 * hour))
        conn.execute(update(message).values(sender_key="somebody", content='{"text": "护栏坏了"}'))
    past = Rewound(engine, engines.scratch(tmp_path / "past.sqlite", metadata), city, "330483")

    def seen(*, is_on: bool = True) -> str:
        renderer = Renderer(past.scratch, city, shows_photographs=is_on)
        selection = Selection("330483", "county", "zh-CN", number, at=past.at.isoformat())
        drawn = renderer.render(PANELS[ids.PANEL_CASE], selection, past.at)
        return json.dumps(drawn.children, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)

    past.open(NOON + hour)
    assert early in seen() and late not in seen() and "1 张照片正在取回" in seen()
    past.advance(NOON + 3 * hour, NOON + 4 * hour)
    assert early in seen() and late in seen() and "正在取回" not in seen()
    assert "/photographs/" not in seen(is_on=False) and "2 张照片：未启用照片显示" in seen(is_on=False)
    past.jump(NOON + hour)
    assert late not in seen()
    past.bring(number)
    with engines.reading(past.scratch) as conn:
        copied = conn.execute(select(message)).mappings().all()
    assert len(copied) == 2 and {(row["sender_key"], row["content"]) for row in copied} == {(None, "{}")}
    past.scratch.dispose()


def test_a_file_leaves_as_a_picture_and_as_nothing_else(engine: Engine, city: City, tmp_path: Path) -> None:
    _, (checksum,) = house(engine, city, tmp_path / "photographs", "navy")
    answer = client(engine, tmp_path).get(f"/photographs/{checksum}.jpg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg") and answer.content.startswith(b"\xff\xd8")
    assert answer.headers["x-content-type-options"] == "nosniff" and "immutable" in answer.headers["cache-control"]


def test_nothing_leaves_that_may_not(engine: Engine, city: City, tmp_path: Path) -> None:
    folder = tmp_path / "photographs"
    number, (checksum, other) = house(engine, city, folder, "navy", "olive")
    stray = picture_files.keep(folder, picture("teal"))  # a file that belongs to no case
    secret = tmp_path / "photographs/secret.jpg"
    secret.write_text("secret")
    asked = client(engine, tmp_path)
    names = [
        stray,
        "0" * 64,
        checksum.upper(),
        checksum[:-1],
        "secret",
        "..%2Fsecret",
        "%2e%2e%2fsecret",
        f"{checksum[:2]}%2F{checksum}",
    ]
    assert [asked.get(f"/photographs/{name}.jpg").status_code for name in names] == [404] * len(names)
    assert client(engine, tmp_path, is_on="0").get(f"/photographs/{checksum}.jpg").status_code == 404
    with engines.writing(engine) as conn:
        conn.execute(update(photograph).where(photograph.c.checksum == other).values(state_code="refused"))
    assert asked.get(f"/photographs/{other}.jpg").status_code == 404
    picture_files.file_of(folder, checksum).unlink()
    assert asked.get(f"/photographs/{checksum}.jpg").status_code == 404
    keep(engine, folder, number, 5, "navy")
    assert asked.get(f"/photographs/{checksum}.jpg").status_code == 200
    with engines.writing(engine) as conn:
        conn.execute(update(incident).values(is_restricted=True))
    hidden = asked.get(f"/photographs/{checksum}.jpg")
    assert (hidden.status_code, hidden.headers["cache-control"], hidden.content) == (404, "no-store", b"")


def test_nothing_leaves_of_a_case_that_came_to_one_that_is_not_shown(engine: Engine, city: City, tmp_path: Path) -> None:
    number, (checksum,) = house(engine, city, tmp_path / "photographs", "navy")
    master = filed.report(engine, city, "b", NOON, is_restricted=True)
    with engines.writing(engine) as conn:
        conn.execute(update(incident).where(incident.c.id == number).values(master_id=master))
    assert client(engine, tmp_path).get(f"/photographs/{checksum}.jpg").status_code == 404
