"""What was found, as the page shows it: tiles, pictures, table of periods, chips and sentences. Pure: the same, the same dict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from dashboard.analysis import sentences
from dashboard.analysis.reads import OWN, Found, is_working
from dashboard.analysis.view import RUNNING, SECTIONS, View
from dashboard.figures import analysis as figures
from dashboard.i18n import Look
from data.city import City
from data.filters import NAMED, period_sentence
from data.metrics.phrases import said
from data.metrics.registry import DEFINITIONS, METRICS
from data.periods import Period, Span, county_date
from data.vocabulary import CHANNELS, REGION_LEVELS

PANELS: Final = ("trend", "periods", "area", "category", "state", "stages", "department", "channel", "reporter_kind", "urgency")
_GROUPS: Final = {"hour": "", "day": "week", "week": "month", "month": "quarter"}
_LONG: Final = 45  # days beyond which weeks above the columns are too many


def draw(found: Found, city: City, look: Look, view: View, now: datetime) -> dict[str, Any]:
    """The whole page of a view."""
    go = sentences.goer(city, view)
    on = county_date(now, city.zone)
    return {
        "title": look.word("analysis.title", area=look.name(city.area(view.area_code).name)),
        "sentence": sentences.sentence(city, look, view, found.asked, found.spans["before"], is_before_known=found.is_before_known),
        "language": view.language,
        "as_of": look.word("as_of", time=f"{now.astimezone(city.zone):%Y-%m-%d %H:%M:%S}"),
        "notes": [each for each in (sentences.border_note(city, look, found.changes),) if each],
        "places": sentences.crumbs_of_place(city, look, view, go),
        "times": sentences.crumbs_of_time(look, view, on, go),
        "chips": sentences.chips(city, look, view),
        "selected": _selected(city, view, on),
        "tiles": figures.tiles(found.figures, look, go, view.metric),
        "panels": {
            "trend": _trend(found, city, look, view, on, go),
            "periods": _periods(found, look, go),
            "stages": figures.stages(found.stages, look),
            **{name: _parts(found, city, look, view, name, go) for name in PANELS if name in found.parts},
        },
        "titles": {name: _panel_title(found, look, view, name) for name in PANELS},
        "opened": _opened(found, city, look, view, go),
        "sections": [
            {
                "name": name,
                "title": look.word(f"section.{name}"),
                "about": look.word(f"section.{name}.about"),
                "href": go(section="" if view.section == name else name),
                "open": view.section == name,
            }
            for name in SECTIONS
        ],
    }


def _selected(city: City, view: View, on: date) -> dict[str, str]:
    """What the bar of filters shows as chosen, by name in the address."""
    span = view.span(on)
    return {
        "from": span.first_on.isoformat(),
        "to": span.last_on.isoformat(),
        "period": view.period if view.period in RUNNING else "",
        "area_code": "" if view.area_code == city.code else view.area_code,
        "compare": view.compared,
        "metric": view.metric,
        **{name: str(getattr(view, name)) for name in (*OWN, "category", "text")},
    }


def _panel_title(found: Found, look: Look, view: View, name: str) -> str:
    metric = look.name(METRICS[view.metric].words)
    if name in ("periods", "stages"):
        return look.word(f"analysis.{name}")
    if name == "trend":
        return look.word(f"analysis.trend.{found.grain}", metric=metric)
    by = look.name(REGION_LEVELS[found.area_level]) if name == "area" else look.word(f"analysis.by.{name}")
    return look.word("analysis.metric_by", metric=metric, by=by)


def _parts(found: Found, city: City, look: Look, view: View, name: str, go: sentences.Go) -> dict[str, Any]:
    field = "area_code" if name == "area" else name
    chosen = getattr(view, field)
    leads: Callable[[str], bool] = (lambda code: code != view.area_code) if name == "area" else lambda code: True
    drawn = figures.bars(
        found.parts[name],
        view.metric,
        look,
        name_of(city, look, name),
        # A mark that is the filter already takes it off.
        lambda code: go(**{field: "" if code == chosen and name != "area" else code}),
        lambda code: go(**{field: code}, opened=view.metric),
        chosen=chosen,
        leads=leads,
    )
    if name != "area":
        return drawn
    return figures.stepped(drawn, found.area_level, found.asked.span.last_on.isoformat(), view.area_code)


def name_of(city: City, look: Look, name: str) -> Callable[[str], str]:
    """What a part of a dimension is called; a code nobody knows is shown as it stands."""
    if name == "area":
        return lambda code: look.name(city.area(code).name) if city.areas_of(code) else code
    known: Mapping[str, Any] = {"category": city.categories, "department": city.organisations}.get(name, {})
    words = (NAMED | {"channel": CHANNELS}).get(name, {})

    def named(code: str) -> str:
        if code in known:
            return look.name(known[code].name)
        return look.name(words[code]) if code in words else code

    return named


def _trend(found: Found, city: City, look: Look, view: View, on: date, go: sentences.Go) -> dict[str, Any]:
    is_hours = found.grain == "hour"

    def named(name: str) -> dict[str, Any]:
        if is_hours:
            long = look.word("analysis.hour", first=int(name), last=int(name) + 1)
            return {"label": name, "long": long, "is_off": False, "holiday": "", "is_unfinished": False}
        period = Period.parse(name)
        is_day = period.kind == "day"
        holiday = city.calendar.holiday(period.first_on) if is_day else ""
        long = period_sentence(period.span, look.language)
        if is_day:
            long = look.word(
                "analysis.day", day=long, weekday=look.word(f"weekday.{period.first_on.weekday()}"), holiday=_holiday(look, holiday)
            )
        return {
            "label": f"{period.first_on:%m-%d}" if is_day else name.partition("-")[2] or name,
            "long": long,
            "is_off": is_day and not is_working(city, period.first_on),
            "holiday": _holiday(look, holiday).strip(),
            "is_unfinished": period.first_on <= on <= period.last_on,
        }

    def go_to(name: str, **more: Any) -> str:
        if is_hours:
            return go(hour="" if view.hour == str(int(name)) else str(int(name)), **more)
        return go(period=name, **more)

    whole = view.span(on)
    return figures.trend(
        found.trend,
        view.metric,
        look,
        name_of=named,
        href=go_to,
        opens=lambda name: go(**({"hour": str(int(name))} if is_hours else {"period": name}), opened=view.metric),
        groups=_groups(found.grain, whole, look, go),
    )


def _holiday(look: Look, name: str) -> str:
    return f" {look.word(f'holiday.{name}')}" if name else ""


def _groups(grain: str, span: Span, look: Look, go: sentences.Go) -> list[dict[str, Any]]:
    """The periods one level above the columns, where there are several: a quarter's months, a month's weeks."""
    kind = _GROUPS[grain]
    if kind == "week" and span.day_count > _LONG:
        kind = "month"
    if not kind or span.day_count <= 7:
        return []
    places = [each.first_on for each in span.periods(grain)]
    found = []
    for period in span.periods(kind):
        held = [place for place, first_on in enumerate(places) if period.first_on <= max(first_on, span.first_on) <= period.last_on]
        if held:
            label = period.name.partition("-")[2] if kind == "week" else period.name
            found.append(
                {
                    "label": label,
                    "long": period_sentence(period.span, look.language),
                    "first": held[0],
                    "last": held[-1],
                    "href": go(period=period.name),
                }
            )
    return found


def _periods(found: Found, look: Look, go: sentences.Go) -> dict[str, Any]:
    """Day, week, month and quarter so far beside the ones before and a year ago; each figure opens."""
    rows = []
    for row in found.periods:
        values, stretches = row["values"], row["stretches"]
        now = values["now"]
        cells: list[dict[str, Any]] = [
            {"text": look.word(f"analysis.running.{row['kind']}"), "href": go(period=row["kind"]), "note": _days(stretches["now"])}
        ]
        for key in ("reported", "resolved", "on_time_rate"):
            value = now[key] if now else None
            cells.append(
                {
                    "text": figures.exact(key, value, look),
                    "href": go(period=row["kind"], opened=key) if now else None,
                    "strong": True,
                }
            )
            for name in ("previous", "year_ago"):
                before = values[name]
                words = figures.changed(key, (value, before[key]), look) if value and before else look.word("figure.none")
                title = "" if before is None else f"{_days(stretches[name])}: {figures.exact(key, before[key], look)}"
                cells.append({"text": words, "title": title})
        rows.append(cells)
    head = [
        look.word("analysis.so_far"),
        *(
            words
            for key in ("reported", "resolved", "on_time_rate")
            for words in (look.name(METRICS[key].words), look.word("analysis.previous"), look.word("analysis.year_ago"))
        ),
    ]
    return {"kind": "table", "columns": head, "rows": rows}


def _days(span: Span) -> str:
    return f"{span.first_on:%m-%d}" if span.day_count == 1 else f"{span.first_on:%m-%d} – {span.last_on:%m-%d}"


def _opened(found: Found, city: City, look: Look, view: View, go: sentences.Go) -> dict[str, Any] | None:
    """The opened figure: what it means, how sure it is, what is left out, and how many incidents stand behind it."""
    if found.opened is None:
        return None
    value, (row_count, times) = found.opened
    metric = METRICS[view.opened]
    definition = DEFINITIONS.get(value.definition_code)
    facts = [
        *((name, said(getattr(metric, name), look.language)) for name in ("formula", "cohort", "left_out", "note")),
        ("unit", look.name(metric.unit)),
        ("source", metric.source),
        ("definition", f"{look.name(definition.words)} ({definition.code})" if definition else ""),
        (
            "interval",
            look.word("analysis.between", low=f"{value.low:.1f}", high=f"{value.high:.1f}")
            if value.low is not None and value.high is not None
            else "",
        ),
    ]
    parts = [
        {"text": look.word(f"analysis.part.{name}"), "href": go(opened=view.opened, part=name), "chosen": name == view.part}
        for name in ("all", "hit", "miss")
    ]
    return {
        "key": view.opened,
        "label": sentences.of_mark(city, look, view.mark) if view.mark else look.name(metric.words),
        "value": f"{row_count:,}" if view.mark else figures.exact(view.opened, value, look),
        "asked": found.asked.sentence(city, look.language),
        "close": go(opened=""),
        "parts": parts if metric.is_rate else [],
        "count": look.word("analysis.rows", count=f"{row_count:,}"),
        "row_count": row_count,
        "times": look.word("analysis.times", count=f"{times:,}") if times != row_count else "",
        "facts": [{"label": look.word(f"analysis.fact.{name}"), "text": text} for name, text in facts if text],
    }
