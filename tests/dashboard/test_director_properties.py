"""What holds of the director whatever happens: no dwell lost, no alarm lost or shown twice, one order gives one state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.walls import ENTRIES, PROGRAMME, START, after, alarm

from dashboard import director
from dashboard.director import Alarm, Command, Interruption, State

STEP = 5  # seconds; every dwell and rule of the invented wall is a multiple, so nothing happens in between
MOMENTS = st.integers(0, 180).map(lambda step: step * STEP)
Happening = tuple[int, Alarm | Command]  # at which second, what

SCENES = [each.scene for each in ENTRIES]
COMMANDS = st.one_of(
    st.sampled_from(["hold", "skip", "pin", "resume"]).map(Command),
    st.sampled_from(["choose", "pin"]).flatmap(lambda kind: st.sampled_from([*SCENES, "command"]).map(lambda scene: Command(kind, scene))),
    st.integers(0, 40).map(lambda number: Command("acknowledge", incident_id=number, name="Li")),
)  # fmt: skip
ALARMS = st.builds(alarm, st.integers(0, 40), st.integers(0, 900), st.integers(0, 1))


def happenings(what: st.SearchStrategy[Any], most: int = 60) -> st.SearchStrategy[list[Happening]]:
    return st.lists(st.tuples(MOMENTS, what), max_size=most).map(lambda found: sorted(found, key=lambda each: each[0]))


def happened(state: State, what: Alarm | Command, at: datetime) -> State:
    if isinstance(what, Alarm):
        return director.interrupt(state, PROGRAMME, what, at)
    return director.command(state, PROGRAMME, what, at)


def folded(found: list[Happening]) -> State:
    state = director.begin(PROGRAMME, START)
    for second, what in found:
        state = happened(state, what, after(second))
    return state


def watched(found: list[Happening], until: int) -> Iterator[State]:
    """Every state there was: after each happening, and every five seconds between them."""
    state, waiting = director.begin(PROGRAMME, START), list(found)
    for second in range(0, until, STEP):
        yield director.advance(state, PROGRAMME, after(second))
        while waiting and waiting[0][0] == second:
            state = happened(state, waiting.pop(0)[1], after(second))
            yield state
            yield director.advance(state, PROGRAMME, after(second))


@given(happenings(st.one_of(ALARMS, COMMANDS)), st.lists(st.integers(0, 2000), max_size=20), st.integers(900, 3000))
def test_how_often_one_looks_changes_nothing(found: list[Happening], looks: list[int], end: int) -> None:
    looking = director.begin(PROGRAMME, START)
    moments = sorted(
        [(second, 0, None) for second in looks if second <= 900] + [(second, 1, what) for second, what in found],
        key=lambda each: each[:2],
    )
    for second, _, what in moments:
        looking = director.advance(looking, PROGRAMME, after(second)) if what is None else happened(looking, what, after(second))
    assert director.advance(looking, PROGRAMME, after(end)) == director.advance(folded(found), PROGRAMME, after(end))


@settings(max_examples=40, deadline=None)
@given(happenings(st.one_of(ALARMS, st.sampled_from(["hold", "resume"]).map(Command)), 30))
def test_every_scene_is_seen_for_exactly_its_dwell_however_often_it_is_interrupted_or_held(found: list[Happening]) -> None:
    seen: dict[datetime, int] = defaultdict(int)
    scenes: dict[datetime, str] = {}
    last: dict[int, State] = {}
    for state in watched(found, 1500):
        last[int((state.at - START).total_seconds())] = state  # what the five seconds go on with
    for state in last.values():
        scenes[state.entered_at] = state.entry.scene
        seen[state.entered_at] += STEP * state.is_turning
    *ended, _ = sorted(scenes)
    dwells = {each.scene: each.dwell.total_seconds() for each in ENTRIES}
    assert [(scenes[each], seen[each]) for each in ended] == [(scenes[each], dwells[scenes[each]]) for each in ended]
    assert [scenes[each] for each in ended] == [SCENES[place % len(SCENES)] for place in range(len(ended))]


@dataclass
class Record:
    """Which interruptions each alarm was shown in."""

    shown: dict[datetime, Interruption] = field(default_factory=dict)
    states: list[State] = field(default_factory=list)

    def note(self, state: State) -> None:
        self.states.append(state)
        if state.shown:
            self.shown[state.shown.since_at] = state.shown

    def of(self, number: int) -> list[Interruption]:
        return [each for each in self.shown.values() if any(one.incident_id == number for one in each.alarms)]


def recorded(found: list[Happening]) -> Record:
    record = Record()
    for state in watched(found, 900 + 45 * 12):
        record.note(state)
    return record


@settings(max_examples=30, deadline=None)
@given(happenings(st.one_of(ALARMS, COMMANDS)))
def test_no_interruption_is_lost(found: list[Happening]) -> None:
    record = recorded(found)
    for number in {what.incident_id for _, what in found if isinstance(what, Alarm)}:
        assert record.of(number), number
    assert record.states[-1].queue == () and record.states[-1].shown is None


def distinct(count: int) -> st.SearchStrategy[list[Happening]]:
    seconds = st.lists(MOMENTS, min_size=count, max_size=count).map(sorted)
    reported = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 1)), min_size=count, max_size=count)
    return st.builds(
        lambda at, said: [(second, alarm(number, *each)) for number, (second, each) in enumerate(zip(at, said, strict=True))],
        seconds,
        reported,
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40).flatmap(distinct))
def test_none_is_shown_twice_but_one_that_a_flood_puts_into_its_list(found: list[Happening]) -> None:
    record = recorded(found)
    floods = {each.flood_since_at for each in record.states}
    for number in range(len(found)):
        once, *again = record.of(number)
        assert not again or (not once.is_group and len(again) == 1 and again[0].is_group and again[0].since_at in floods)
        assert not again or again[0].since_at < once.until_at


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40).flatmap(distinct))
def test_who_waits_stands_in_order_and_the_first_is_next(found: list[Happening]) -> None:
    before: State | None = None
    for state in recorded(found).states:
        assert list(state.queue) == sorted(state.queue)
        if before and before.queue and state.shown != before.shown and state.flood_since_at is None:
            assert state.shown and state.shown.alarms == before.queue[:1]
        before = state


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40).flatmap(distinct))
def test_it_is_a_flood_from_the_eleventh_in_ten_minutes_until_fewer_than_five_are_left(found: list[Happening]) -> None:
    arrived = [after(second) for second, _ in found]
    is_flood, taken = False, 0
    for state in watched(found, 1600):
        while (
            taken < len(arrived)
            and arrived[taken] <= state.at
            and state.recent
            and len(state.recent) > 0
            and state.recent[-1][1] >= taken
        ):
            taken += 1
        within = sum(state.at - timedelta(minutes=10) < each for each in arrived[:taken])
        is_flood = within > 10 or (is_flood and within >= 5)
        assert (state.flood_since_at is not None) == is_flood
        assert not (is_flood and state.queue)
