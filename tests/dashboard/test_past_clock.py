"""What an address says of the past, and the clock of a replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard import past_clock
from dashboard.past_clock import PastClock
from data.errors import NoSuchPast

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 9, 30, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["2026-09-30T08:00", "2026-09-30 08:00:00", "2026-09-30T08:00+08:00", "2026-09-30T08:00 08:00", "2026-09-30T00:00Z",
     "2026-09-29T17:00-07:00"],
)  # fmt: skip
def test_an_instant_is_read_in_the_countys_time_or_with_its_offset(written: str) -> None:
    assert past_clock.instant(written, SHANGHAI) == MIDNIGHT


@pytest.mark.parametrize("written", ["", "yesterday", "2026-13-01T00:00", "<b>", "2026-09-30T08:00" * 9, "0001-01-01T00:00+14:00"])
def test_what_is_no_instant_is_refused(written: str) -> None:
    with pytest.raises(NoSuchPast) as refused:
        past_clock.instant(written, SHANGHAI)
    assert refused.value.facts["reason"] == "bad_at"


def test_a_speed_is_1_to_120_and_one_where_nothing_is_said() -> None:
    assert [past_clock.speed(each) for each in ("", "1", "60", "120", "1.5")] == [1, 1, 60, 120, 1.5]
    for written in ("0", "121", "-1", "nan", "inf", "fast"):
        with pytest.raises(NoSuchPast):
            past_clock.speed(written)


def test_a_replay_runs_at_its_speed_and_stands_while_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    steady = 100.0
    monkeypatch.setattr(past_clock.time, "monotonic", lambda: steady)
    clock = PastClock(MIDNIGHT, 60)
    steady += 2
    assert clock.now() == MIDNIGHT + timedelta(minutes=2)
    clock.pace(is_playing=False)
    steady += 100
    assert clock.now() == MIDNIGHT + timedelta(minutes=2)
    clock.pace(1, is_playing=True)
    steady += 1
    assert clock.now() == MIDNIGHT + timedelta(minutes=2, seconds=1)
    clock.set(MIDNIGHT)
    assert clock.now() == MIDNIGHT
