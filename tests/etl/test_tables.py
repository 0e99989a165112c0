"""Tables in every disguise: encodings, quotes, spreadsheets' dates, clocks that jump."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from support.serving import ROOT

from data.errors import RowRejected
from etl.scrub import scrub
from etl.sources.tables import instant, number, rows

SPECTRUM = ROOT.parent / "shared/data/hostile/csv-spectrum"
SHANGHAI, LOS_ANGELES = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Los_Angeles")


# Its CSV and its JSON hold different telephone numbers.
AT_ODDS = {"location_coordinates"}


@pytest.mark.parametrize("name", sorted({path.stem for path in (SPECTRUM / "csvs").glob("*.csv")} - AT_ODDS))
def test_every_file_of_the_csv_spectrum_is_read_as_its_json_says(name: str) -> None:
    expected = json.loads((SPECTRUM / f"json/{name}.json").read_text())
    found = [row for _, row in rows((SPECTRUM / f"csvs/{name}.csv").read_bytes(), name, [])]
    assert found == expected


def test_gb_18030_is_read_like_utf_8() -> None:
    text = "编号,内容\n1,路灯不亮\n"
    assert [row for _, row in rows(text.encode("gb18030"), "x", ["编号"])] == [{"编号": "1", "内容": "路灯不亮"}]
    assert list(rows(text.encode("utf-8-sig"), "x", ["编号"])) == list(rows(text.encode("gb18030"), "x", ["编号"]))


def test_identifiers_of_18_digits_stay_text() -> None:
    assert [row for _, row in rows(b"id\n330483199001011234\n", "x", ["id"])] == [{"id": "330483199001011234"}]


@pytest.mark.parametrize(
    ("written", "expected", "precision"),
    [
        ("2026-11-24 09:29:30", datetime(2026, 11, 24, 1, 29, 30, tzinfo=UTC), "second"),
        ("2026-11-24 09:29", datetime(2026, 11, 24, 1, 29, tzinfo=UTC), "minute"),
        ("2026-11-24", datetime(2026, 11, 23, 16, tzinfo=UTC), "day"),
        ("2026-11-24T09:29:30+00:00", datetime(2026, 11, 24, 9, 29, 30, tzinfo=UTC), "second"),
        ("46350", datetime(2026, 11, 23, 16, tzinfo=UTC), "day"),
        ("46350.395486", datetime(2026, 11, 24, 1, 29, 30, tzinfo=UTC), "second"),
    ],
)
def test_an_instant_is_read_with_its_precision(written: str, expected: datetime, precision: str) -> None:
    assert instant(written, SHANGHAI, ["%Y-%m-%d %H:%M:%S"]) == (expected, precision)


def test_a_local_time_the_clock_jumped_over_is_no_time() -> None:
    with pytest.raises(RowRejected, match="the clock jumped over it"):
        instant("2020-03-08 02:30:00", LOS_ANGELES, ["%Y-%m-%d %H:%M:%S"])


@pytest.mark.parametrize("written", ["soon", "24.11.2026", "2026-02-30", "99999999"])
def test_what_is_no_time_is_said_so(written: str) -> None:
    with pytest.raises(RowRejected, match="is no time"):
        instant(written, SHANGHAI, [])


def test_an_empty_number_is_none_and_a_word_is_refused() -> None:
    assert number(" ") is None
    with pytest.raises(RowRejected, match="is no number"):
        number("north")


def test_scrubbing_leaves_nothing_to_call_and_ordinary_numbers_alone() -> None:
    assert scrub("电话13812345678，138-1234-5678 +86 138 1234 5678") == "电话138****5678，138****5678 138****5678"
    assert scrub("身份证33048319900101123X 和 330483900101123") == "身份证[证件号] 和 [证件号]"
    assert (
        scrub("振兴路128号3幢，2026年11月24日，共1200元，订单12345678901234567890")
        == "振兴路128号3幢，2026年11月24日，共1200元，订单12345678901234567890"
    )
    assert "\u202e" not in scrub("a\u202eb") and scrub("a\x00b") == "ab"
    assert len(scrub("长" * 5000)) == 2000
