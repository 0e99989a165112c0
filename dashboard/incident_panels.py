"""The registry of the incident page's panels: one case at a desk, each question with what it reads and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection

from dashboard import components_axis, ids
from dashboard import components_incident as drawn
from dashboard.asked import Asked, Panel
from dashboard.figures import axis, incident, photographs
from data import links, origins, queries, recurrences, store
from data import photographs as kept_photographs

MOST_ALIKE: Final = 12
MOST_NEAR: Final = 8
Case = tuple[dict[str, Any], list[dict[str, Any]]]


def _case(conn: Connection, asked: Asked) -> Case | None:
    chosen = asked.selection.incident_id
    return None if chosen is None else queries.incident_with_steps(conn, chosen)


def _of_case(more: Callable[[Connection, Asked, Case], Any]) -> Callable[[Connection, Asked], Any]:
    """A read of one case: `None` where there is none."""

    def read(conn: Connection, asked: Asked) -> Any:
        found = _case(conn, asked)
        return None if found is None else more(conn, asked, found)

    return read


def _drawn(draw: Callable[[Any, Asked], list[Any]]) -> Callable[[Any, Asked], list[Any]]:
    """Nothing of a case that is not there: the head says so for all."""
    return lambda found, asked: [] if found is None else draw(found, asked)


def _draw_head(found: Any, asked: Asked) -> list[Any]:
    look = asked.look
    if found is None:
        return drawn.unknown(look.word("error.unknown_incident", id=asked.selection.incident_id), "/wall", look)
    case, family = found
    return drawn.head(incident.head(case, asked.city, look, asked.now, family.master, family.merged), look)


def _draw_log(found: Any, asked: Asked) -> list[Any]:
    (case, steps), posts = found
    return drawn.log(incident.log(case, steps, posts, asked.city, asked.look), asked.look)


def _draw_axis(found: Any, asked: Asked) -> list[Any]:
    case, steps = found
    tiles = incident.figures(case, steps, asked.city, asked.look, asked.now)
    picture = components_axis.timeline_axis(axis.timeline_axis(case, steps, asked.city, asked.look, asked.now), asked.look)
    return [*picture, drawn.pairs(tiles, "incident-figures")]


def _read_origins(conn: Connection, _: Asked, found: Case) -> Any:
    case = found[0]
    return case, origins.messages_of(conn, case["id"]), origins.batch_of(conn, case["source"], case["received_at"])


def _draw_alike(found: Any, asked: Asked) -> list[Any]:
    rows, whole, before = found
    words = incident.recurrence(whole, before, asked.look)
    return drawn.others(incident.others(rows, asked.city, asked.look), asked.look.word("incident.none_alike"), words)


def _draw_near(found: Any, asked: Asked) -> list[Any]:
    case, rows = found
    empty = "incident.near_hidden" if case["is_restricted"] else "incident.none_near"
    return drawn.others(incident.others(rows, asked.city, asked.look), asked.look.word(empty))


def _draw_hands(found: Any, asked: Asked) -> list[Any]:
    case, steps = found
    return drawn.hands(incident.hands(case, steps, asked.city, asked.look, asked.now), asked.look)


def _draw_origins(found: Any, asked: Asked) -> list[Any]:
    case, messages, batch = found
    return drawn.origins(incident.origins(case, messages, batch, asked.city, asked.look), asked.look)


def _draw_spot(found: Any, asked: Asked) -> list[Any]:
    case, centre = found
    return drawn.spot(incident.spot(case, centre, asked.city, asked.look))


def _draw_media(found: Any, asked: Asked) -> list[Any]:
    case, kept = found
    return drawn.media(photographs.gallery(case, kept, asked.look, is_on=asked.shows_photographs))


def _panel(
    key: str, question: str, read: Callable[[Connection, Asked, Case], Any], draw: Callable[[Any, Asked], list[Any]]
) -> Panel:
    return Panel(key, question, _of_case(read), draw, ("incident",), page="incident")


INCIDENT_PANELS: Final = (
    _panel(ids.INCIDENT_HEAD, "What is it, who holds it, and is it late?",
           lambda conn, _, found: (found[0], links.family(conn, found[0]["id"])), _draw_head),
    _panel(ids.INCIDENT_AXIS, "Where did its time go, by both clocks?", lambda conn, asked, found: found, _drawn(_draw_axis)),
    _panel(ids.INCIDENT_HANDS, "Whose time was it?", lambda conn, asked, found: found,
           _drawn(_draw_hands)),
    _panel(ids.INCIDENT_LOG, "What was done, and where do we know it from?",
           lambda conn, _, found: (found, origins.posts_of(conn, found[1])), _drawn(_draw_log)),
    _panel(ids.INCIDENT_ORIGIN, "What did the reporter really say?", _read_origins,
           _drawn(_draw_origins)),
    _panel(ids.INCIDENT_MEDIA, "What is to be seen?",
           lambda conn, asked, found: (found[0], kept_photographs.of(conn, found[0]["id"], asked.now)), _drawn(_draw_media)),
    _panel(ids.INCIDENT_SPOT, "Where is it?", lambda conn, _, found: (found[0], store.shown_places(conn, [found[0]])[0]),
           _drawn(_draw_spot)),
    _panel(ids.INCIDENT_ALIKE, "Has it been so here before?",
           lambda conn, asked, found: recurrences.alike(conn, found[0], asked.now, MOST_ALIKE), _drawn(_draw_alike)),
    _panel(ids.INCIDENT_NEAR, "What else is close by?",
           lambda conn, asked, found: (found[0], recurrences.nearby(conn, found[0], asked.now, MOST_NEAR)), _drawn(_draw_near)),
    _panel(ids.INCIDENT_ECHO, "Was the reporter answered?",
           lambda conn, _, found: origins.answers_of(conn, found[0]["id"]),
           _drawn(lambda found, asked: drawn.answers(incident.answers(found, asked.look), asked.look))),
)  # fmt: skip
