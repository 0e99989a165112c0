"""Pictures of those who do the work: who reports from where, who answers, which sources speak; and of one case at large. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from dashboard.figures import flow
from dashboard.i18n import Look
from data.city import City
from data.vocabulary import CHANNELS, REPORTER_KINDS, STATES, URGENCIES

Row = Mapping[str, Any]
KINDS: Final = ("steward", "grid_worker", "resident")
MOST_ANSWERING: Final = 14
MOST_CHANNELS: Final = 9


def places(found: Mapping[str, Row], villages: Mapping[str, int], city: City, look: Look) -> list[dict[str, Any]]:
    """A row for each place, most reports first: who reported (parts of its bar), and from how many of its villages."""
    top = max([1, *(each["count"] for each in found.values())])
    rows = []
    for code, each in sorted(found.items(), key=lambda item: (-item[1]["count"], item[0])):
        parts = [each["kinds"].get(kind, 0) / top for kind in KINDS]
        others = (each["count"] - sum(each["kinds"].get(kind, 0) for kind in KINDS)) / top
        note = look.word("forces.villages", heard=each["villages"], all=villages[code]) if villages.get(code) else ""
        rows.append(
            {"label": look.name(city.area(code).name), "parts": [*parts, others], "value": look.number(each["count"]), "note": note}
        )
    return rows


def legend(look: Look) -> list[str]:
    """The words for the parts of `places`, in order."""
    return [*(look.name(REPORTER_KINDS[kind]) for kind in KINDS), look.word("forces.others")]


def answering(found: Sequence[Row], city: City, look: Look) -> list[dict[str, Any]]:
    """A row for each organisation: what it was handed and accepted, how soon, what it holds and how much of that is late."""
    known = [each for each in found if each["organisation_code"] in city.organisations][:MOST_ANSWERING]
    top = max([1, *(each["open_count"] for each in known)])
    return [
        {
            "label": look.name(city.organisations[each["organisation_code"]].name),
            "bar": each["open_count"] / top,
            "late": each["late_count"] / top,
            "value": look.number(each["open_count"]),
            "late_words": look.number(each["late_count"]) if each["late_count"] else "",
            "note": look.word("forces.median", duration=look.duration(timedelta(minutes=each["median_minutes"])))
            if each["median_minutes"] is not None
            else look.word("forces.none_accepted"),
        }
        for each in known
    ]


def channels(found: Mapping[tuple[str, str], int], look: Look) -> list[dict[str, Any]]:
    """A row for each channel, most used first; of those used alike, always in one order, whatever order they were counted in."""
    counted: Counter[str] = Counter()
    for (channel, _), count in found.items():
        counted[channel] += count
    top = max([1, *counted.values()])
    return [
        {"label": look.name(CHANNELS[code]), "bar": count / top, "value": look.number(count), "note": ""}
        for code, count in sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:MOST_CHANNELS]
    ]


def sources(found: Sequence[Row], city: City, look: Look, now: datetime) -> list[dict[str, Any]]:
    """A row for each source the city names: when it last spoke, and whether that is too long ago."""
    spoken = {each["source"]: each for each in found}
    limits = city.settings.get("freshness_minutes", {})
    rows = []
    for code, said in city.sources.items():
        if "name" not in said:
            continue
        last = spoken[code]["last_received_at"] if code in spoken else None
        age = None if last is None else max(now - last, timedelta())
        is_quiet = age is not None and code in limits and age > timedelta(minutes=limits[code])
        kind = "ended" if age is None else "late" if is_quiet else "on-time"
        state = "source.never" if age is None else "source.quiet" if is_quiet else "source.fresh"
        words = look.word(state) if age is None else look.word("forces.heard", state=look.word(state), duration=look.duration(age))
        rows.append({"kind": kind, "label": said["name"]["zh" if look.language == "zh-CN" else "en"], "words": words, "note": ""})
    return rows


def case(found: Row, city: City, look: Look, now: datetime) -> dict[str, Any]:
    """One case at large: its words, place, who told, who holds it, and its standing."""
    place = " · ".join(each for each in (flow.place(found, city, look), _address(found)) if each)
    told = (
        look.moment(found["reported_at"], found["reported_precision"]),
        look.name(CHANNELS[found["channel_code"]]),
        look.name(REPORTER_KINDS[found["reporter_kind_code"]]),
    )
    text = found["report_text"] or look.word("no_text", media=found["media_count"])
    facts = {
        "place": place or "—",
        "told": " · ".join(told),
        "state": look.name(STATES[found["state_code"]]),
        "holder": flow.holder(found, city, look) or "—",
    }
    return {
        "number": f"{found['received_at']:%Y%m%d}-{found['id']:06d}",
        "category": look.name(city.categories[found["category_code"]].name),
        "urgency": look.name(URGENCIES[found["urgency_code"]]) if found["urgency_code"] == "urgent" else "",
        "text": look.word("restricted") if found["is_restricted"] else text,
        "verdict": flow.verdict(found, city, look, now),
        "facts": [{"label": look.word(f"case.{key}"), "value": value} for key, value in facts.items()],
    }


def _address(found: Row) -> str:
    return "" if found["is_restricted"] else str(found["address_text"] or "")


def near(found: Sequence[Row], city: City, look: Look) -> list[dict[str, Any]]:
    """Rows of cases like this one: their kind, day and state."""
    return [
        {
            "kind": "ended" if each["ended_at"] is not None else "on-time",
            "label": look.name(city.categories[each["category_code"]].name),
            "words": look.word(
                "case.near", day=look.moment(each["reported_at"], "day"), state=look.name(STATES[each["state_code"]])
            ),
            "note": flow.holder(each, city, look) if each["ended_at"] is None else "",
        }
        for each in found
    ]


def means(found: Row, city: City, look: Look) -> list[dict[str, str]]:
    """What there is to act with: the limits for its kind; photographs, cameras and the conference, or that none are connected."""
    rows = []
    for kind in ("accept", "finish"):
        rule = city.limit_rule(kind, found["category_code"], found["condition_code"])
        value = look.word(f"limit.{rule.limit.type_code}", value=f"{rule.limit.value:g}") if rule else look.word("means.no_limit")
        rows.append({"label": look.word(f"means.{kind}"), "value": value, "is_quiet": ""})
    photographs = look.word("means.media", count=found["media_count"]) if found["media_count"] else look.word("means.no_media")
    rows.append(
        {"label": look.word("means.photographs"), "value": photographs, "is_quiet": "" if found["media_count"] else "quiet"}
    )
    rows += [
        {"label": look.word(f"means.{each}"), "value": look.word("means.not_connected"), "is_quiet": "quiet"}
        for each in ("cameras", "duty", "conference")
    ]
    return rows
