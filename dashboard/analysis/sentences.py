"""A view in words: the one sentence that says what the page shows, its chips, and its breadcrumbs of place and time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dashboard.analysis import marks
from dashboard.analysis.view import FILTERS, PERIOD, RUNNING, View, to_address
from dashboard.figures.durations import ENDS
from dashboard.figures.variants import named
from dashboard.i18n import LANGUAGES, Look
from data.border_changes import BorderChange
from data.city import City
from data.filters import NAMED, Filter, period_sentence
from data.metrics.registry import METRICS
from data.mining import Deviation
from data.periods import Period, Span
from data.trails import activities_of
from data.vocabulary import ACTIONS, CHANNELS, REGION_LEVELS, STAGES

Go = Callable[..., str]


def goer(city: City, view: View) -> Go:
    """Gives the address of the view with other fields."""
    return lambda **changed: to_address(city, view.of(**changed))


def sentence(city: City, look: Look, view: View, asked: Filter, before: Span | None, *, is_before_known: bool) -> str:
    """What the page shows: which figure, of when, where and what, and compared with when."""
    days = asked.span
    if before is None:
        compared = look.word("analysis.not_compared")
    elif not is_before_known:
        compared = look.word("analysis.unknown_before", days=_between(before, look))
    else:
        compared = look.word("analysis.compared", days=_between(before, look))
    return look.word(
        "analysis.sentence",
        asked=asked.of(span=view.span(days.last_on) if view.period in RUNNING else view.span(days.first_on)).sentence(
            city, look.language
        ),
        metric=look.name(METRICS[view.metric].words),
        days=_between(days, look),
        compared=compared,
    )


def _between(days: Span, look: Look) -> str:
    if days.day_count == 1:
        return look.day(days.first_on)
    return look.word("analysis.days", first=look.day(days.first_on), last=look.day(days.last_on), count=days.day_count)


def value_of(city: City, look: Look, view: View, name: str) -> str:
    """The name of what a filter is set to."""
    code = getattr(view, name)
    if name == "category":
        return look.name(city.category(code).name)
    if name == "department":
        return look.name(city.organisation(code).name)
    if name == "text":
        return str(code)
    if name == "hour":
        return look.word("analysis.hour", first=code, last=int(code) + 1)
    return look.name((NAMED | {"channel": CHANNELS})[name][code])


def chips(city: City, look: Look, view: View) -> list[dict[str, str]]:
    """Every filter that is set, with the address without it: `name`, `label`, `value`, `href`."""
    found = []
    if view.area_code != city.code:
        name = look.name(city.area(view.area_code).name)
        found.append(
            {
                "name": "area",
                "label": look.word("analysis.by.area"),
                "value": name,
                "href": to_address(city, view.of(area_code=city.code)),
            }
        )
    if view.period != PERIOD:
        said = (
            look.word(f"analysis.running.{view.period}")
            if view.period in RUNNING
            else period_sentence(Span.parse(view.period), look.language)
        )
        found.append(
            {
                "name": "period",
                "label": look.word("analysis.period"),
                "value": said,
                "href": to_address(city, view.of(period=PERIOD)),
            }
        )
    for name in FILTERS:
        if getattr(view, name):
            label, value = look.word(f"analysis.by.{name}"), value_of(city, look, view, name)
            found.append({"name": name, "label": label, "value": value, "href": to_address(city, view.of(**{name: ""}))})
    return found


def crumbs_of_place(city: City, look: Look, view: View, go: Go) -> list[dict[str, Any]]:
    """From the city down to the area: `text`, and `href` where one can go back."""
    codes, at = [], city.area(view.area_code)
    while True:
        codes.append(at)
        if not at.parent_code:
            break
        at = city.area(at.parent_code)
    return [
        _crumb(look.name(each.name), go(area_code=each.area_code), each.area_code == view.area_code) for each in reversed(codes)
    ]


def crumbs_of_time(look: Look, view: View, on: date, go: Go) -> list[dict[str, Any]]:
    """From the quarter down to the hour, as far as the period goes; days that are no period stand alone."""
    span = view.span(on)
    whole = span.period
    if whole is None:
        return [_crumb(period_sentence(span, look.language), "", True)]
    found = [
        _crumb(period_sentence(each.span, look.language), go(period=each.name), each == whole and not view.hour)
        for each in _around(whole)
    ]
    if view.hour:
        found.append(_crumb(look.word("analysis.hour", first=view.hour, last=int(view.hour) + 1), "", True))
    return found


def _around(period: Period) -> Iterator[Period]:
    """The quarter, month and week that hold a period, and itself; a week belongs to the month of its Thursday (ISO 8601)."""
    middle = period.first_on + timedelta(days=3) if period.kind == "week" else period.first_on
    for kind in ("quarter", "month", "week"):
        if kind == period.kind:
            break
        yield Period.holding(kind, middle)
    yield period


def _crumb(text: str, href: str, is_last: bool) -> dict[str, Any]:
    return {"text": text, "href": None if is_last else href}


def border_note(city: City, look: Look, changes: list[BorderChange]) -> str:
    """That a comparison crosses changes of borders, and which; nothing where it does not."""
    if not changes:
        return ""
    told = []
    for each in changes:
        begun, ended = (_named(city, look, codes) for codes in (each.begun, each.ended))
        level = look.name(REGION_LEVELS[each.level_code])
        told.append(look.word("analysis.border_change", day=look.day(each.on), level=level, begun=begun, ended=ended))
    return look.word("analysis.borders", changes=look.word("analysis.and").join(told))


def _named(city: City, look: Look, codes: tuple[str, ...]) -> str:
    names = [look.name(city.area(code).name) for code in codes[:3]]
    more = look.word("analysis.more", count=len(codes) - 3) if len(codes) > 3 else ""
    return (look.word("analysis.listed").join(names) + more) or look.word("figure.none")


def other_language(city: City, view: View, language: str) -> str:
    """The same view in another language."""
    return to_address(city, replace(view, language=language))


def of_mark(city: City, look: Look, mark: str) -> str:
    """What a mark of the flow opens to, in words."""
    kind, *parts = mark.split(marks.BETWEEN)
    if kind == "variant":
        return look.word("mark.variant", path=look.word("arrow").join(actions(look, activities_of(parts[0]))))
    if kind == "fit":
        return fit(look, (parts[0], parts[1]))
    if kind == "edge":
        start, end, *via = actions(look, parts)
        return look.word("mark.edge_via" if via else "mark.edge", start=start, end=end, via="".join(via))
    if kind == "bounce":
        return look.word("mark.bounce", giver=who(city, look, parts[0]), receiver=who(city, look, parts[1]))
    if kind == "part":
        return look.word("mark.part", by=look.word(f"analysis.by.{parts[0]}"), part=part_of(city, look, *parts))
    what = look.word("what_if.kind", kind=look.word(f"what_if.{parts[0]}"))
    rule = look.word("comma").join(each for each in (what, limit_of(city, look, parts[1], parts[2]) if parts[1] else "") if each)
    return look.word(f"mark.{parts[3]}", rule=rule, standing=look.word(f"what_if.{parts[4]}"))


def fit(look: Look, kind: tuple[str, str]) -> str:
    """Whether a way keeps to the prescribed path, or where it leaves it first."""
    return named(Deviation(*kind, 0), look) if kind[0] else look.word("mark.fits")


def edge(look: Look, start: str, end: str, via: str) -> list[str]:
    """The ends of an edge of the flow and what lies between them, by name."""
    return [look.name(ACTIONS[code]) if code else look.word("figure.none") for code in (start, end, via)]


def stage(look: Look, name: str) -> str:
    """A stage by its two ends."""
    start, end = ENDS[name]
    return look.word("durations.stage", start=look.name(STAGES[start]), end=look.name(STAGES[end]))


def incident_address(number: int, look: Look) -> str:
    """The page of one incident."""
    return f"/incident/{number}" if look.language == LANGUAGES[0] else f"/incident/{number}?lang={look.language}"


def actions(look: Look, codes: Iterable[str]) -> list[str]:
    return [look.name(ACTIONS[code]) for code in codes if code]


def who(city: City, look: Look, code: str) -> str:
    """An organisation by name; nobody where there is none."""
    known = city.organisations.get(code)
    return look.name(known.name) if known else code or look.word("mark.nobody")


def part_of(city: City, look: Look, way: str, code: str) -> str:
    """A part of a dimension by name."""
    if not code:
        return look.word(f"mark.unknown.{way}")
    if way == "area":
        return look.name(city.area(code).name) if city.areas_of(code) else code
    if way == "category":
        return look.name(city.categories[code].name) if code in city.categories else code
    return who(city, look, code) if way == "department" else look.name(CHANNELS[code]) if code in CHANNELS else code


def limit_of(city: City, look: Look, category: str, condition: str) -> str:
    """What a limit is for: its kind of case, and under which condition, in Chinese by the first word that tells of it."""
    told = (city.settings.get("conditions") or {}).get(condition)
    condition = told[0] if told and look.language == LANGUAGES[0] else condition
    name = look.name(city.categories[category].name) if category in city.categories else look.word("what_if.default")
    return look.word("what_if.under", name=name, condition=condition) if condition else name
