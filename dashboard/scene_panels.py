"""The panels of the scenes beside the overview: analysis, assessment, command and forces."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

from dashboard import components, ids
from dashboard import components_scenes as scenes
from dashboard.asked import Asked, Panel
from dashboard.figures import assessment, comparisons, forces, photographs
from data import comparisons as reads
from data import forces as people
from data import indicators, ledger, queries, sums
from data import photographs as kept_photographs
from data.metrics.registry import Value
from data.periods import county_date

MOST_TOWNS: Final = 14
MOST_NEAR: Final = 5
MINUTE: Final = 60
QUARTERLY: Final = 15 * MINUTE  # figures of a quarter tell the same a quarter of an hour later
WEEKLY: Final = 5 * MINUTE
BELOW: Final = {"county": "township", "township": "village", "village": "grid", "grid": "grid"}


def _place(asked: Asked) -> tuple[str, str]:
    return asked.selection.level_code, asked.selection.area_code


def _parts_of(asked: Asked) -> list[str]:
    """The areas below the one looked at, as they are today."""
    level, code = _place(asked)
    on = county_date(asked.now, asked.city.zone)
    return [each.area_code for each in asked.city.areas_on(on, BELOW[level]) if each.parent_code == code]


def _rates_by(conn: Connection, asked: Asked, by: str) -> dict[str, tuple[Value, Value | None]]:
    """The on-time rate of each part this quarter so far, and of as many days of the one before."""
    stretches = reads.so_far("quarter", county_date(asked.now, asked.city.zone))
    scope = asked.scope(stretches["now"])
    now, before = (
        indicators.values_by(conn, asked.city, scope.of(span=stretches[name]), by, (assessment.KEY,), asked.now)
        if name == "now" or reads.reaches(conn, asked.selection.area_code, stretches[name])
        else {}
        for name in ("now", "previous")
    )
    return {code: (now[code][assessment.KEY], before[code][assessment.KEY] if code in before else None) for code in now}


def _read_towns(conn: Connection, asked: Asked) -> Any:
    rates = _rates_by(conn, asked, BELOW[asked.selection.level_code])
    return [(code, asked.city.area(code).name, *rates[code]) for code in _parts_of(asked)]


def _read_departments(conn: Connection, asked: Asked) -> Any:
    known, rates = asked.city.organisations, _rates_by(conn, asked, "organisation")
    return [(code, known[code].name, *rate) for code, rate in rates.items() if code in known]


def _read_case(conn: Connection, asked: Asked) -> Any:
    chosen = asked.selection.incident_id
    if chosen is None:
        chosen = people.newest_urgent_id(conn, *_place(asked))
    found = None if chosen is None else queries.incident_with_steps(conn, chosen)
    return None if found is None else found[0]


def _read_case_at_large(conn: Connection, asked: Asked) -> Any:
    found = _read_case(conn, asked)
    return None if found is None else (found, kept_photographs.of(conn, found["id"], asked.now))


def _read_near(conn: Connection, asked: Asked) -> Any:
    found = _read_case(conn, asked)
    return [] if found is None else people.near(conn, found, asked.now, MOST_NEAR)


def _draw_case(found: Any, asked: Asked) -> list[Any]:
    if found is None:
        return [components.note(asked.look.word("timeline.empty"), "empty")]
    case, kept = found
    seen = photographs.at_large(case, kept, asked.look, is_on=asked.shows_photographs)
    return scenes.case(forces.case(case, asked.city, asked.look, asked.now), seen)


def _draw_means(found: Any, asked: Asked) -> list[Any]:
    if found is None:
        return [components.note(asked.look.word("timeline.empty"), "empty")]
    return scenes.pairs(forces.means(found, asked.city, asked.look))


def _read_forces(conn: Connection, asked: Asked) -> Any:
    level, code = _place(asked)
    villages = dict.fromkeys(_parts_of(asked), 0)
    on = county_date(asked.now, asked.city.zone)
    for each in asked.city.areas_on(on, "village") if level == "county" else ():
        if each.parent_code in villages:
            villages[each.parent_code] += 1
    return {"found": people.reports_by_place(conn, level, code, BELOW[level], asked.now), "villages": villages}


def _draw_forces(found: Any, asked: Asked) -> list[Any]:
    rows = forces.places(found["found"], found["villages"], asked.city, asked.look)
    return [*scenes.measured(rows[:MOST_TOWNS], asked.look), scenes.legend(forces.legend(asked.look))]


def _draw_warnings(found: Any, asked: Asked) -> list[Any]:
    rows = comparisons.warnings(found or [], asked.city, asked.look)
    return scenes.told(rows, asked.look, "warnings.unknown" if found is None else "warnings.none")


def _ledger(conn: Connection, asked: Asked) -> Any:
    return ledger.balance(sums.ledger_counts(conn, *_place(asked)))


SCENE_PANELS: Final = (
    Panel(
        ids.PANEL_PERIODS,
        "How do day, week, month and quarter stand beside the ones before?",
        lambda conn, asked: reads.beside(conn, asked.city, asked.scope(), asked.now),
        lambda found, asked: scenes.periods(comparisons.periods(found, asked.look)),
        ("area", "filters"),
        pace_seconds=15,
        metrics=reads.FIGURES,
    ),
    Panel(
        ids.PANEL_TREND,
        "How many reports a day, and how many tomorrow?",
        lambda conn, asked: reads.trend(conn, asked.city, *_place(asked), asked.now),
        lambda found, asked: scenes.trend(comparisons.trend(found, asked.look)),
        ("area",),
        pace_seconds=15,
        metrics=("reported",),
    ),
    Panel(
        ids.PANEL_COMPOSITION,
        "What is reported, and is it more than usual?",
        lambda conn, asked: reads.composition(conn, asked.city, *_place(asked), asked.now),
        lambda found, asked: scenes.measured(comparisons.composition(found, asked.city, asked.look), asked.look),
        ("area",),
        pace_seconds=MINUTE,
        metrics=("reported",),
        freshness_seconds=WEEKLY,
    ),
    Panel(
        ids.PANEL_WARNINGS,
        "Which kinds suddenly come more often?",
        lambda conn, asked: reads.warnings(conn, asked.city, *_place(asked), asked.now),
        _draw_warnings,
        ("area",),
        pace_seconds=MINUTE,
    ),
    Panel(
        ids.PANEL_TOWNS,
        "How did each place do this quarter, and how sure is it?",
        _read_towns,
        lambda found, asked: scenes.ranked(assessment.bands(found, asked.look, MOST_TOWNS), asked.look),
        ("area", "filters"),
        pace_seconds=MINUTE,
        metrics=(assessment.KEY,),
        freshness_seconds=QUARTERLY,
    ),
    Panel(
        ids.PANEL_DEPARTMENTS,
        "How did each department do this quarter, and how sure is it?",
        _read_departments,
        lambda found, asked: scenes.ranked(assessment.bands(found, asked.look, MOST_TOWNS), asked.look),
        ("area", "filters"),
        metrics=(assessment.KEY,),
        pace_seconds=MINUTE,
        freshness_seconds=QUARTERLY,
    ),
    Panel(
        ids.PANEL_MOVES,
        "What moved since the quarter before?",
        _read_towns,
        lambda found, asked: scenes.moves(
            assessment.moves(assessment.bands(found, asked.look, len(found) + 1)["rows"], asked.look), asked.look
        ),
        ("area", "filters"),
        pace_seconds=MINUTE,
        metrics=(assessment.KEY,),
        freshness_seconds=QUARTERLY,
    ),
    Panel(
        ids.PANEL_ECHO,
        "Is every report answered, every item settled?",
        _ledger,
        lambda found, asked: scenes.echo(assessment.echo(found, asked.look), asked.look),
        ("area",),
    ),
    Panel(ids.PANEL_CASE, "What is it, where, and who holds it?", _read_case_at_large, _draw_case, ("area", "incident")),
    Panel(
        ids.PANEL_NEAR,
        "Has it been so before, or nearby?",
        _read_near,
        lambda found, asked: scenes.told(forces.near(found, asked.city, asked.look), asked.look, "case.near_none"),
        ("area", "incident"),
    ),
    Panel(ids.PANEL_MEANS, "What is there to act with?", _read_case, _draw_means, ("area", "incident")),
    Panel(
        ids.PANEL_FORCES,
        "Who reports, and from where?",
        _read_forces,
        _draw_forces,
        ("area",),
        pace_seconds=MINUTE,
        freshness_seconds=WEEKLY,
    ),
    Panel(
        ids.PANEL_ANSWERING,
        "Who answers, and how soon?",
        lambda conn, asked: people.answering(conn, *_place(asked), asked.now),
        lambda found, asked: scenes.measured(forces.answering(found, asked.city, asked.look), asked.look),
        ("area",),
        pace_seconds=MINUTE,
        freshness_seconds=WEEKLY,
    ),
    Panel(
        ids.PANEL_SOURCES,
        "Which sources speak?",
        lambda conn, asked: queries.source_states(conn),
        lambda found, asked: scenes.told(forces.sources(found, asked.city, asked.look, asked.now), asked.look, "rows.none"),
        ("area",),
    ),
    Panel(
        ids.PANEL_REPORTERS,
        "By which ways do reports come?",
        lambda conn, asked: people.channels_of_week(conn, *_place(asked), asked.now),
        lambda found, asked: scenes.measured(forces.channels(found, asked.look), asked.look),
        ("area",),
        pace_seconds=MINUTE,
        freshness_seconds=WEEKLY,
    ),
)
