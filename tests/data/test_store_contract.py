"""What the store promises, on both engines: schema, upserts, bulk loads, whole rows back as they were written."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, func, inspect, select, text
from support.cases import FIRST, incident
from support.migrating import downgraded

from data import arrivals, schema, store
from data import engine as engines
from data.city import City
from data.errors import StoreUnavailable

SHANGHAI = ZoneInfo("Asia/Shanghai")


def compared(conn: Connection) -> MigrationContext:
    """What is declared beside what is there; the index of words is each engine's own and declared nowhere."""
    return MigrationContext.configure(
        conn, opts={"include_name": lambda name, kind, _: kind != "table" or not name.startswith("report_words")}
    )


def test_the_migrated_schema_is_the_declared_one(engine: Engine) -> None:
    with engine.connect() as conn:
        assert compare_metadata(compared(conn), schema.metadata) == []
        crossed = [each for each in inspect(conn).get_indexes("incident") if "_crossed" in str(each["name"])]
    # The comparison does not see what an index only holds; SQLite's hold the id without a word.
    held = [["id"], ["id"]] if engine.dialect.name == "postgresql" else [None, None]
    assert [each.get("dialect_options", {}).get("postgresql_include") for each in crossed] == held


def test_an_upgrade_twice_changes_nothing(engine: Engine) -> None:
    engines.upgrade(engine)
    engines.upgrade(engine)


def test_an_older_database_is_brought_up_with_all_its_rows(engine: Engine) -> None:
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, incident("1"), "report"), (None, incident("2", ended_at=FIRST, state_code="closed"), "close")],
                             zone=SHANGHAI, at=FIRST)  # fmt: skip
    downgraded(engine, "0001")
    engines.upgrade(engine)
    with engine.connect() as conn:
        assert compare_metadata(compared(conn), schema.metadata) == []
        rows = {row["source_ref"]: row for row in conn.execute(select(schema.incident)).mappings()}
    # What is open is looked at again by the worker, which fills what the older code did not know.
    assert rows["1"]["wakes_at"] == rows["1"]["reported_at"] and rows["2"]["wakes_at"] is None
    assert rows["1"]["supervise_level"] == rows["1"]["supervise_count"] == 0


def test_evidence_and_refusals_of_an_older_database_are_read_from_its_rows(engine: Engine) -> None:
    def told(reference: str, number: int, action: str, **columns: Any) -> dict[str, Any]:
        at = FIRST + timedelta(hours=number)
        return store.step_defaults() | {
            "source": "center", "source_ref": f"{reference}-{number}", "incident_source": "test", "incident_ref": reference,
            "action_code": action, "at": at, "precision_code": "second", "received_at": at, **columns,
        }  # fmt: skip

    logs = {
        "words": [("resolve", {"remark": "done"}), ("close", {})],
        "check": [("resolve", {}), ("check", {"outcome_code": "pass"}), ("close", {})],
        "nothing": [("resolve", {}), ("close", {})],
        "taken back": [("resolve", {"remark": "done"}), ("check", {"outcome_code": "fail"}), ("resolve", {}), ("close", {})],
        "reopened": [("close", {"remark": "done"}), ("reopen", {}), ("close", {})],
    }
    row = {"source": "wechat", "reason": "broken_xml", "sentence": "x", "content": "x", "rejected_at": FIRST}
    with engines.writing(engine) as conn:
        for reference, log in logs.items():
            (new,) = store.save_incidents(conn, [(None, incident(reference), "report")], zone=SHANGHAI, at=FIRST)
            store.add_steps(conn, [told(reference, number, action, **columns) | {"incident_id": new}
                                   for number, (action, columns) in enumerate(log)])  # fmt: skip
        arrivals.reject(conn, [row | {"name": "/intake/wechat", "checksum": "a"}, row | {"name": "/intake/wechat", "checksum": "a"},
                               row | {"name": "t.csv", "checksum": "b"}, row | {"name": "/intake/steps", "checksum": "c"}])  # fmt: skip
    downgraded(engine, "0002")
    engines.upgrade(engine)
    with engine.connect() as conn:
        assert compare_metadata(compared(conn), schema.metadata) == []
        proven = dict(conn.execute(select(schema.incident.c.source_ref, schema.incident.c.has_evidence)).all())
        refused = conn.execute(select(schema.refusal.c.report_ref).order_by(schema.refusal.c.report_ref)).scalars().all()
    assert {each for each, is_proven in proven.items() if is_proven} == {"words", "check"}
    assert refused == ["a:0", "b:0"]


def test_a_database_newer_than_the_code_is_refused(engine: Engine) -> None:
    with engines.writing(engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="9999"):
        engines.upgrade(engine)


@pytest.mark.parametrize(("url", "words"), [("mysql://x/y", "not supported"), ("nonsense", "no database URL")])
def test_a_url_we_cannot_use_is_told(url: str, words: str) -> None:
    with pytest.raises(StoreUnavailable, match=words):
        engines.create(url)


def test_a_database_that_is_away_is_told() -> None:
    gone = engines.create("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(StoreUnavailable, match="does not answer"), engines.reading(gone):
        pass


def test_an_incident_comes_back_as_it_was_written(engine: Engine) -> None:
    given = incident("1", report_text="“引号” 🙂 \\ % ' ;--", lon=120.123456789, lat=30.1, due_at=FIRST + timedelta(microseconds=1))
    with engines.writing(engine) as conn:
        (incident_id,) = store.save_incidents(conn, [(None, given, "report")], zone=SHANGHAI, at=FIRST)
    with engines.reading(engine) as conn:
        back = store.incidents_by_id(conn, [incident_id])[incident_id]
    assert back == given and back["version"] == 1 and back["committed_at"] == FIRST


def test_the_same_reference_twice_is_refused_by_the_database(engine: Engine) -> None:
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, incident("1"), "report")], zone=SHANGHAI, at=FIRST)
    with pytest.raises(Exception, match=r"(?i)unique"), engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, incident("1"), "report")], zone=SHANGHAI, at=FIRST)


def step_row(number: int, reference: str = "1") -> dict[str, Any]:
    at = FIRST + timedelta(minutes=number)
    return store.step_defaults() | {"source": "test", "source_ref": f"s{number}", "incident_source": "test", "incident_ref": reference,
                                    "action_code": "note", "at": at, "precision_code": "second", "received_at": at}  # fmt: skip


def test_two_thousand_steps_go_in_at_once_and_only_the_new_ones_are_told(engine: Engine) -> None:
    with engines.writing(engine) as conn:
        assert len(store.add_steps(conn, [step_row(number) for number in range(1500)])) == 1500
        assert store.add_steps(conn, [step_row(number) for number in range(1490, 2000)])[0] == ("test", "s1500")
        assert conn.execute(select(func.count()).select_from(schema.step)).scalar_one() == 2000


def test_a_bulk_load_beside_live_writers_collides_with_nobody(engine: Engine) -> None:
    failures: list[Exception] = []

    def bulk(batch: int) -> None:
        try:
            for part in range(4):
                filed = [(incident(f"bulk-{batch}-{part}-{place}"), []) for place in range(40)]
                with engines.writing(engine) as conn:
                    store.bulk_file(conn, filed, zone=SHANGHAI, at=FIRST)
        except Exception as error:
            failures.append(error)

    def live(writer: int) -> None:
        try:
            for number in range(40):
                with engines.writing(engine) as conn:
                    store.save_incidents(conn, [(None, incident(f"live-{writer}-{number}"), "report")], zone=SHANGHAI, at=FIRST)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=bulk, args=(1,)), threading.Thread(target=bulk, args=(2,)), threading.Thread(target=live, args=(1,)),
               threading.Thread(target=live, args=(2,))]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with engines.reading(engine) as conn:
        assert conn.execute(select(func.count()).select_from(schema.incident)).scalar_one() == 2 * 160 + 80


def test_the_city_is_replaced_not_doubled(engine: Engine, city: City) -> None:
    with engines.writing(engine) as conn:
        arrivals.save_city(conn, city)
        assert conn.execute(select(func.count()).select_from(schema.organisation)).scalar_one() == len(city.organisations)


def test_the_same_bytes_twice_are_one_snapshot(engine: Engine) -> None:
    kept = {"source": "test", "name": "x", "media_type": "text/plain", "received_at": FIRST}
    with engines.writing(engine) as conn:
        assert arrivals.keep_snapshot(conn, body=b"\x00\xff", **kept) == arrivals.keep_snapshot(conn, body=b"\x00\xff", **kept)
        (row,) = conn.execute(select(schema.snapshot)).mappings()
        assert bytes(row["body"]) == arrivals.snapshot_body(conn, row["checksum"]) == b"\x00\xff"


def test_a_source_remembers_its_newest_event_and_adds_its_counts(engine: Engine) -> None:
    with engines.writing(engine) as conn:
        arrivals.touch_source(conn, "wechat", event_at=FIRST, received_at=FIRST, accepted=1)
        arrivals.touch_source(
            conn, "wechat", event_at=FIRST - timedelta(days=1), received_at=FIRST - timedelta(hours=1), accepted=2, rejected=1
        )
        (row,) = conn.execute(select(schema.source_state)).mappings()
    assert (row["last_event_at"], row["last_received_at"], row["accepted_count"], row["rejected_count"]) == (FIRST, FIRST, 3, 1)


def test_an_instant_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(Exception, match="needs its zone"), engines.writing(engine) as conn:
        arrivals.save_progress(conn, "x", 1, 2, datetime(2026, 1, 1))
    with engines.writing(engine) as conn:
        arrivals.save_progress(conn, "x", 1, 2, datetime(2026, 1, 1, tzinfo=UTC))
