"""The scene director by hand: rotation, interruptions, the queue, floods, and what somebody at a remote wants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from support.walls import ENTRIES, PROGRAMME, START, after, alarm

from dashboard import director
from dashboard.director import Command, State
from data.playlists import Entry, Programme


def wall() -> State:
    return director.begin(PROGRAMME, START)


def at(state: State, seconds: float, programme: Programme = PROGRAMME) -> State:
    return director.advance(state, programme, after(seconds))


def told(state: State, seconds: float, kind: str, **said: object) -> State:
    return director.command(state, PROGRAMME, Command(kind, **said), after(seconds))  # type: ignore[arg-type]


def alarmed(state: State, *numbers: int, seconds: float = 0, rank: int = 0) -> State:
    for number in numbers:
        state = director.interrupt(state, PROGRAMME, alarm(number, seconds, rank), after(seconds))
    return state


def scenes(state: State, moments: Iterable[float]) -> list[str]:
    return [at(state, each).visible.scene for each in moments]


def shown(state: State, seconds: float) -> list[int]:
    found = at(state, seconds).shown
    return [each.incident_id for each in found.alarms] if found else []


def test_scenes_follow_one_another_each_for_its_dwell_and_go_round() -> None:
    assert scenes(wall(), (0, 39.9, 40, 69.9, 70, 89.9, 90, 129.9, 130)) == [
        "overview", "overview", "flow", "flow", "forces", "forces", "overview", "overview", "flow",
    ]  # fmt: skip
    assert at(wall(), 45).until_at == after(70)
    assert at(wall(), 90 * 1000 + 41).entered_at == after(90 * 1000 + 40)


def test_an_interrupted_scene_comes_back_with_exactly_what_was_left_of_it() -> None:
    state = alarmed(wall(), 7, seconds=25.5)
    assert (shown(state, 25.5), at(state, 25.5).until_at) == ([7], None)
    assert shown(state, 25.5 + 44.9) == [7]
    back = at(state, 25.5 + 45)
    assert (back.shown, back.visible.scene, back.left) == (None, "overview", timedelta(seconds=14.5))
    assert scenes(state, (25.5 + 45 + 14.4, 25.5 + 45 + 14.5)) == ["overview", "flow"]


def test_several_queue_by_urgency_and_then_by_when_they_were_reported() -> None:
    state = alarmed(wall(), 1, seconds=1)
    for number, reported, rank in ((2, 9, 1), (3, 8, 0), (4, 7, 0), (5, 3, 1)):
        state = director.interrupt(state, PROGRAMME, alarm(number, reported, rank), after(10))
    assert [each.incident_id for each in state.queue] == [4, 3, 5, 2]
    assert [shown(state, 1 + 45 * place) for place in range(6)] == [[1], [4], [3], [5], [2], []]


def test_acknowledged_an_interruption_ends_at_once_when_nobody_waits() -> None:
    state = told(alarmed(wall(), 1), 3, "acknowledge", incident_id=1, name="Li")
    assert (shown(alarmed(wall(), 1), 3), shown(state, 3)) == ([1], [])
    assert at(state, 3).left == timedelta(seconds=40)


def test_acknowledged_while_others_wait_it_stays_ten_seconds_and_says_by_whom() -> None:
    state = told(alarmed(wall(), 1, 2), 3, "acknowledge", incident_id=1, name="Li")
    assert state.shown and state.shown.acknowledged_by == "Li"
    assert (shown(state, 9.9), shown(state, 10)) == ([1], [2])
    late = told(alarmed(wall(), 1, 2), 20, "acknowledge", incident_id=1, name="Li")
    assert shown(late, 20) == [2]
    assert at(late, 20).shown == director.Interruption((alarm(2),), after(20), after(65))


@pytest.mark.parametrize("incident", [2, 99, None])
def test_acknowledging_what_is_not_shown_changes_nothing(incident: int | None) -> None:
    state = alarmed(wall(), 1, 2)
    assert told(state, 0, "acknowledge", incident_id=incident, name="Li") == state
    assert told(wall(), 0, "acknowledge", incident_id=incident, name="Li") == wall()


def test_the_first_to_acknowledge_is_the_one_who_did() -> None:
    state = told(alarmed(wall(), 1, 2), 3, "acknowledge", incident_id=1, name="Li")
    assert told(state, 4, "acknowledge", incident_id=1, name="Wang").shown == state.shown


def test_an_incident_interrupts_once_however_often_it_is_told() -> None:
    state = alarmed(wall(), 1, 1, 2, 2)
    assert ([each.incident_id for each in state.queue], len(state.recent)) == ([2], 2)
    assert shown(alarmed(at(state, 200), 1, seconds=200), 200) == []


def test_ten_in_ten_minutes_queue_and_the_eleventh_makes_one_list_of_all_that_wait() -> None:
    state = wall()
    for number in range(10):
        state = alarmed(state, number, seconds=number)
    assert (shown(state, 9), len(state.queue), state.flood_since_at) == ([0], 9, None)
    state = alarmed(state, 10, seconds=10)
    assert state.shown and state.shown.is_group
    assert (shown(state, 10), state.queue, state.flood_since_at) == (list(range(11)), (), after(10))
    state = alarmed(state, 11, seconds=20)
    assert (shown(state, 20), shown(state, 54.9), shown(state, 55)) == (list(range(12)), list(range(12)), [])


def test_in_a_flood_each_new_one_is_on_the_wall_at_once_in_a_list_of_its_own() -> None:
    state = alarmed(wall(), *range(11))
    state = alarmed(state, 20, 21, seconds=100)
    assert (shown(state, 100), at(state, 100).shown and at(state, 100).shown.is_group) == ([20, 21], True)  # type: ignore[union-attr]


def test_one_acknowledged_before_the_flood_is_not_listed_again() -> None:
    state = told(alarmed(wall(), *range(10)), 2, "acknowledge", incident_id=0, name="Li")
    assert shown(alarmed(state, 10, seconds=3), 3) == list(range(1, 11))


def test_a_flood_is_over_when_fewer_than_five_are_left_in_ten_minutes() -> None:
    state = wall()
    for number in range(11):
        state = alarmed(state, number, seconds=number * 10)  # the fifth from the end came at 60 s
    assert at(state, 659.9).flood_since_at == after(100)
    assert at(state, 660).flood_since_at is None
    state = alarmed(state, 30, 31, seconds=661)
    assert (shown(state, 661), [each.incident_id for each in state.queue]) == ([30], [31])


def test_eleven_spread_over_more_than_ten_minutes_are_no_flood() -> None:
    state = wall()
    for number in range(11):
        state = alarmed(state, number, seconds=number * 60)
    assert state.flood_since_at is None
    assert alarmed(state, 11, seconds=660).flood_since_at is None
    assert alarmed(state, 11, seconds=659).flood_since_at == after(659)


def test_held_a_scene_stays_and_interruptions_still_come() -> None:
    state = told(wall(), 10, "hold", name="Li")
    assert (at(state, 5000).visible.scene, at(state, 5000).left, state.kept_by) == ("overview", timedelta(seconds=30), "Li")
    assert shown(alarmed(state, 1, seconds=100), 100) == [1]
    state = told(alarmed(state, 1, seconds=100), 200, "resume")
    assert scenes(state, (229.9, 230)) == ["overview", "flow"]


def test_a_pinned_scene_keeps_the_wall_and_the_one_before_comes_back_with_what_was_left() -> None:
    state = told(wall(), 10, "pin", scene="forces", name="Li")
    assert scenes(state, (10, 5000)) == ["forces", "forces"]
    state = told(state, 6000, "resume")
    assert (at(state, 6000).visible.scene, at(state, 6000).left) == ("overview", timedelta(seconds=30))
    assert told(wall(), 50, "pin").pinned == ENTRIES[1]


def test_skipping_goes_to_the_next_scene_for_its_whole_dwell() -> None:
    state = told(wall(), 10, "skip")
    assert (state.visible.scene, state.until_at) == ("flow", after(40))
    assert told(told(wall(), 10, "pin", scene="forces"), 20, "skip").visible.scene == "flow"
    held = told(told(wall(), 10, "hold"), 20, "skip")
    assert (held.visible.scene, held.until_at) == ("flow", None)


def test_skipping_never_takes_an_interruption_away() -> None:
    state = told(alarmed(wall(), 1, seconds=5), 6, "skip")
    assert shown(state, 6) == [1]
    assert (at(state, 50).visible.scene, at(state, 50).left) == ("flow", timedelta(seconds=30))


def test_a_chosen_scene_is_shown_for_its_dwell_and_the_wall_goes_on_from_there() -> None:
    assert scenes(told(wall(), 10, "choose", scene="forces"), (10, 29.9, 30)) == ["forces", "forces", "overview"]
    # One that the playlist does not have: its own minute, then on from where the wall was.
    assert scenes(told(wall(), 10, "choose", scene="command"), (10, 69.9, 70)) == ["command", "command", "flow"]


def test_an_edited_playlist_lets_the_scene_end_and_goes_on_from_its_place() -> None:
    edited = Programme((ENTRIES[0], replace(ENTRIES[1], dwell=timedelta(seconds=99)), Entry("analysis", timedelta(seconds=15)), ENTRIES[2]), PROGRAMME.calendar)  # fmt: skip
    state = at(wall(), 45)
    assert (at(state, 69.9, edited).visible, at(state, 70, edited).visible.scene) == (ENTRIES[1], "analysis")
    shorter = Programme(ENTRIES[:1], PROGRAMME.calendar)
    assert [at(state, each, shorter).visible.scene for each in (69.9, 70)] == ["flow", "overview"]
    moved = Programme((ENTRIES[2], ENTRIES[0], ENTRIES[1]), PROGRAMME.calendar)
    assert at(state, 70, moved).visible.scene == "forces"


def test_the_clock_never_runs_backwards_for_a_wall() -> None:
    state = at(wall(), 50)
    assert at(state, 20) == state
    assert told(state, 20, "hold").at == after(50)
