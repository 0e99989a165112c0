"""One incident at a desk, as plain dicts: what it is, whose time it took, every step with where we know it from. Pure.

Where its content is not shown, neither are its words, its address, its remarks, nor what was taken from its messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from dashboard.figures import chain, flow
from dashboard.i18n import Look
from data.city import City
from data.holders import time_per_holder
from data.lifecycle import in_order, replay
from data.vocabulary import ACTIONS, ANSWER_STATES, CHANNELS, PLACE_BASES, PROBLEMS, REPORTER_KINDS, STATES, URGENCIES

Row = Mapping[str, Any]
_DAY_MINUTES: Final = 1440
_COUNTS: Final = ("return_count", "rework_count", "extend_count", "suspend_count", "urge_count", "reopen_count")


def link(case: Row, look: Look) -> dict[str, str]:
    """The number of an incident and the address of its page."""
    return {"number": flow.number(case), "href": address(case["id"], look)}


def address(incident_id: int, look: Look) -> str:
    return f"/incident/{incident_id}" + ("" if look.language == "zh-CN" else f"?lang={look.language}")


def head(case: Row, city: City, look: Look, now: datetime, master: Row | None, merged: Sequence[Row]) -> dict[str, Any]:
    """What it is, where, who told, who holds it and its standing; `links` to what it was merged with, each with its state."""
    is_quiet = case["is_restricted"]
    place = [flow.place(case, city, look), "" if is_quiet else case["address_text"]]
    said = {
        "place": " · ".join(each for each in place if each) or look.word("figure.none"),
        "reported": moment(case["reported_at"], case["reported_precision"], look),
        "told": f"{look.name(CHANNELS[case['channel_code']])} · {look.name(REPORTER_KINDS[case['reporter_kind_code']])}",
        "received": moment(case["received_at"], "second", look),
        "holder": flow.holder(case, city, look) or look.word("figure.none"),
        "limit": flow.limit_words(case, city, look) or look.word("figure.none"),
    }
    links = [] if master is None else [link(master, look) | {"words": look.word("incident.master"), "state": _state(master, look)}]
    links += [link(each, look) | {"words": look.word("incident.merged"), "state": _state(each, look)} for each in merged]
    text = case["report_text"] or look.word("no_text", media=case["media_count"])
    return {
        "number": flow.number(case),
        "category": look.name(city.categories[case["category_code"]].name),
        "state": _state(case, look),
        "urgency": look.name(URGENCIES[case["urgency_code"]]) if case["urgency_code"] == "urgent" else "",
        "text": look.word("restricted") if is_quiet else text,
        "is_quiet": is_quiet,
        "verdict": flow.verdict(case, city, look, now),
        "facts": [{"label": look.word(f"incident.{key}"), "value": value} for key, value in said.items()],
        "links": links,
        "area": case["village_code"] or case["township_code"] or case["county_code"],
        "family": [each["id"] for each in (case, *([master] if master else []), *merged)],
    }


def _state(case: Row, look: Look) -> str:
    return look.name(STATES[case["state_code"]])


def moment(at: datetime, precision: str, look: Look) -> str:
    """Date and time as exactly as they are known."""
    forms = {"day": "%Y-%m-%d", "second": "%Y-%m-%d %H:%M:%S"}
    return f"{at.astimezone(look.zone):{forms.get(precision, '%Y-%m-%d %H:%M')}}"


def whole(minutes: int, look: Look) -> str:
    """A duration to the minute, however long: parts of a whole can be added up by whoever reads them."""
    days, rest = divmod(minutes, _DAY_MINUTES)
    facts = {"days": days, "hours": rest // 60, "minutes": rest % 60}
    return look.word("incident.span_days" if days else "incident.span", **facts)


def hands(case: Row, steps: Sequence[Row], city: City, look: Look, now: datetime) -> dict[str, Any]:
    """Whose time it took. `rows`: each hand in order with when it began and its time, `minutes`; they add up to `elapsed_minutes`,
    from the report to the end or to now, cut to whole minutes from the report on. `totals`: the same by holder, the longest first.
    """
    held = chain.links(replay(case, steps, city.rules, now).holdings)
    begin = case["reported_at"]
    marks = [_minutes(begin, to_at) for _, _, to_at in held]
    spans = [mark - before for mark, before in zip(marks, [0, *marks], strict=False)]
    elapsed = marks[-1] if marks else 0
    by_holder: dict[str | None, int] = {}
    for (code, _, _), minutes in zip(held, spans, strict=True):
        by_holder[code] = by_holder.get(code, 0) + minutes
    rows = [
        {
            "name": chain.name(code, city, look),
            "since": moment(from_at, "minute", look),
            "minutes": minutes,
            "time": whole(minutes, look),
            "share": minutes / elapsed if elapsed else 0.0,
            "is_now": place == len(held) - 1 and case["ended_at"] is None,
        }
        for place, ((code, from_at, _), minutes) in enumerate(zip(held, spans, strict=True))
    ]
    totals = [
        {"name": chain.name(code, city, look), "minutes": minutes, "time": whole(minutes, look)}
        for code, minutes in sorted(by_holder.items(), key=lambda item: (-item[1], item[0] or ""))
    ]
    is_open = case["ended_at"] is None
    return {"rows": rows, "totals": totals, "elapsed_minutes": elapsed, "elapsed": whole(elapsed, look), "is_open": is_open}


def _minutes(begin: datetime, at: datetime) -> int:
    return int((at - begin) / timedelta(minutes=1))


def figures(case: Row, steps: Sequence[Row], city: City, look: Look, now: datetime) -> list[dict[str, str]]:
    """The figures of one case: in all, its stages, how long it was suspended, and how often it came back."""
    condition = replay(case, steps, city.rules, now)
    suspended = sum((each.time for each in condition.holdings if each.state_code == "suspended"), timedelta())
    charged = time_per_holder(condition.holdings)
    tiles = [("elapsed", whole(_minutes(case["reported_at"], case["ended_at"] or now), look))]
    for key, start, end in (("to_dispatch", "reported_at", "dispatched_at"), ("to_accept", "dispatched_at", "accepted_at"),
                            ("to_resolve", "accepted_at", "resolved_at")):  # fmt: skip
        known = case[start] is not None and case[end] is not None
        tiles.append((key, whole(_minutes(case[start], case[end]), look) if known else look.word("figure.none")))
    tiles += [("suspended", whole(int(suspended / timedelta(minutes=1)), look)), ("holders", look.number(len(charged)))]
    tiles += [(name.removesuffix("_count"), look.number(case[name])) for name in _COUNTS]
    return [{"label": look.word(f"incident.{key}"), "value": value} for key, value in tiles]


def log(case: Row, steps: Sequence[Row], posts: Mapping[tuple[str, datetime], str], city: City, look: Look) -> list[dict[str, Any]]:
    """Every step in order, the report first: when, what, who and to whom, its remark, the state after it, why it changed nothing;
    and its `source`, `reference`, when it was `received`, and the `checksum` of the raw post where it came in one.
    """
    nothing = dict.fromkeys(("activity_name", "organisation_code", "to_organisation_code", "remark", "problem_code"), "")
    told = nothing | {name: case[name] for name in ("source", "source_ref", "received_at")}
    told |= {"action_code": "report", "at": case["reported_at"], "precision_code": case["reported_precision"]}
    told |= {"state_after_code": "reported"}
    return [_entry(each, posts, case["is_restricted"], city, look) for each in (told, *in_order(steps))]


def _entry(step: Row, posts: Mapping[tuple[str, datetime], str], is_quiet: bool, city: City, look: Look) -> dict[str, Any]:
    names = [city.organisations.get(step[name] or "") for name in ("organisation_code", "to_organisation_code")]
    problem = step["problem_code"]
    return {
        "at": moment(step["at"], step["precision_code"], look),
        "action": look.name(ACTIONS[step["action_code"]]),
        "activity": step["activity_name"],
        "who": " → ".join(look.name(each.name) for each in names if each),
        "remark": look.word("restricted") if is_quiet and step["remark"] else step["remark"],
        "state": look.name(STATES[step["state_after_code"]]) if step["state_after_code"] in STATES else "",
        "problem": look.word("timeline.impossible", reason=look.name(PROBLEMS[problem])) if problem else "",
        "source": source_name(step["source"], city, look),
        "reference": step["source_ref"],
        "received": moment(step["received_at"], "second", look),
        "checksum": posts.get((step["source"], step["received_at"]), ""),
    }


def source_name(code: str, city: City, look: Look) -> str:
    """A source by the city's name for it, an organisation that posted by its own, else by its code."""
    said = city.sources.get(code, {}).get("name")
    if said:
        return str(said["zh" if look.language == "zh-CN" else "en"])
    return look.name(city.organisations[code].name) if code in city.organisations else code


def origins(case: Row, messages: Sequence[Row], batch: Row | None, city: City, look: Look) -> dict[str, Any]:
    """The raw messages as text, or the file it came in; `none` says that neither is kept."""
    told = [
        {
            "source": source_name(each["source"], city, look),
            "kind": look.maybe(f"message.{each['kind_code']}") or each["kind_code"],
            "reference": each["source_ref"],
            "sent": moment(each["sent_at"], "second", look) if each["sent_at"] else look.word("figure.none"),
            "received": moment(each["received_at"], "second", look),
            "checksum": each["checksum"],
            "size": look.word("incident.bytes", count=look.number(each["size_bytes"])),
            "content": look.word("restricted") if case["is_restricted"] else _taken(each["content"]),
        }
        for each in messages
    ]
    file = None if batch is None or told else {
        "source": source_name(case["source"], city, look), "name": batch["name"], "reference": case["source_ref"],
        "received": moment(case["received_at"], "second", look), "checksum": batch["checksum"] or "",
    }  # fmt: skip
    return {"messages": told, "file": file, "none": "" if told or file else look.word("incident.no_origin")}


def _taken(content: Mapping[str, Any]) -> str:
    """What was taken from a message, a line each."""
    return "\n".join(f"{name}: {value}" for name, value in sorted(content.items()) if value not in ("", None))


def spot(case: Row, centre: Row, city: City, look: Look) -> dict[str, Any]:
    """Where it is shown (`centre`: the point it may be shown at) and how exactly that is known; `none` says why it is nowhere."""
    if centre["lon"] is None:
        return {"none": look.word("incident.place_hidden" if case["is_restricted"] else "incident.no_place")}
    return {
        "none": "",
        "lon": centre["lon"],
        "lat": centre["lat"],
        "words": look.word("incident.point", lon=f"{centre['lon']:.5f}", lat=f"{centre['lat']:.5f}"),
        "basis": look.word("incident.grid_centre") if case["is_restricted"] else look.name(PLACE_BASES[case["place_basis_code"]]),
        "place": flow.place(case, city, look),
        "is_rough": case["is_restricted"] or case["place_basis_code"] != "point",
        "township": case["township_code"] or "",
    }


def others(rows: Sequence[Row], city: City, look: Look) -> list[dict[str, str]]:
    """Rows of other incidents, each with its number and address, kind, day, place, state, and how far or how alike it is."""
    return [
        link(each, look)
        | {
            "kind": "ended" if each["ended_at"] is not None else "on-time",
            "category": look.name(city.categories[each["category_code"]].name),
            "day": moment(each["reported_at"], "day", look),
            "state": _state(each, look),
            "note": _how_close(each, look),
        }
        for each in rows
    ]


def _how_close(each: Row, look: Look) -> str:
    if "metres" in each:
        return look.word("incident.metres", metres=f"{each['metres']:.0f}")
    return look.word("incident.same_grid") if each.get("same_grid") else ""


def recurrence(whole_count: int, before_count: int, look: Look) -> str:
    """How often the same kind was reported in the same village in the year before, and since."""
    return look.word("incident.recurrence", before=before_count, after=whole_count - before_count)


def answers(rows: Sequence[Row], look: Look) -> list[dict[str, str]]:
    """What its reporters were told and whether it reached them; nothing where none is owed."""
    return [
        {
            "kind": look.word(f"answer.{each['kind_code']}"),
            "state": look.name(ANSWER_STATES[each["state_code"]]),
            "at": moment(each["sent_at"] or each["created_at"], "minute", look),
        }
        for each in rows
    ]
