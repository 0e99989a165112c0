"""What reporters are told, and when: a case that is settled or void, a feedback in words. Writes the intent, never sends.

Everyone whose report was merged into a case is told its answer, and a person who reported it twice is told once. The
words are the city's own; they hold the case's number and, unless the case is restricted, what was done, never a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from data import answers, feed, store
from data.city import City
from data.lifecycle import Condition, in_order
from etl.scrub import scrub

Row = Mapping[str, Any]
Change = tuple[Row | None, dict[str, Any], str]
LONGEST_REMARK: Final = 200  # characters; WeChat takes 2,048 bytes in all
REMARK_OF: Final = {"settled": ("resolve", "close"), "void": ("void",)}
ADDED: Final = {"settled": "done", "void": "why"}  # the city's words around the remark


@dataclass(frozen=True)
class Told:
    """An answer to be queued: about a case, of a kind, to the reporters of these incidents."""

    case: Row
    kind_code: str
    remark: str
    to: tuple[Row, ...]


class Answering:
    """The answers that follow from changes of incidents: `prepare` before they are saved, `queue` after, when all have ids."""

    def __init__(self, conn: Connection, city: City) -> None:
        self.conn, self.city = conn, city
        self.words: Mapping[str, str] = city.settings.get("answers") or {}
        self.told: list[Told] = []

    def prepare(self, changes: list[Change], conditions: Sequence[Condition], is_new: Callable[[Row], bool]) -> None:
        """Set `answer_code` of the changed incidents; adds the incidents merged into them that change with them."""
        own: dict[int, dict[str, Any]] = {new["id"]: new for old, new, _ in changes if old is not None}
        for (old, new, action), condition in zip(list(changes), conditions, strict=True):
            case: Row = new
            kind = answers.kind_of(new)
            is_merged_now = new["state_code"] == "merged" and (old is None or old["state_code"] != "merged")
            remark = _last(condition, REMARK_OF.get(kind, ()))
            if is_merged_now:
                case = self._master(new, own) or new
                kind = answers.kind_of(case)
                remark = self._stored(case, kind)
            feedback = _last(condition, ("feedback",), is_new)
            standing = (kind, new["reopen_count"])
            was = ("", 0) if old is None else (answers.kind_of(old), old["reopen_count"])
            if standing != was or is_merged_now or feedback:
                rows = [new, *(self._followers(new, own, changes, action) if old is not None else ())]
                if standing != was or is_merged_now:
                    self._tell(case, kind, remark, rows)
                if feedback:
                    self.told.append(Told(new, "feedback", feedback, tuple(rows)))

    def queue(self, at: datetime) -> None:
        rows = []
        for told in self.told:
            reached = answers.addressed(self.conn, (each["reporter_key"] for each in told.to))
            words = self._written(told) if reached else ""
            rows += [
                {"incident_id": told.case["id"], "reporter_key": key, "kind_code": told.kind_code,
                 "round": told.case["reopen_count"], "words": words}
                for key in sorted(reached) if words
            ]  # fmt: skip
        answers.queue(self.conn, rows, at)

    def _tell(self, case: Row, kind: str, remark: str, rows: list[dict[str, Any]]) -> None:
        reached = answers.addressed(self.conn, (each["reporter_key"] for each in rows)) if self.words.get(kind) else set()
        keys = {key: (case["id"], key, kind, case["reopen_count"]) for key in reached} if "id" in case else {}
        known = answers.states(self.conn, keys.values())
        for each in rows:
            state = known.get(keys[each["reporter_key"]], "queued") if each["reporter_key"] in keys else "queued"
            each["answer_code"] = (
                answers.code_of("queued" if state == "withdrawn" else state) if each["reporter_key"] in reached else ""
            )
        if reached:
            self.told.append(Told(case, kind, remark, tuple(rows)))

    def _master(self, row: Row, own: Mapping[int, dict[str, Any]]) -> Row | None:
        found = answers.master_id(self.conn, row)
        return None if found is None else own.get(found) or store.incidents_by_id(self.conn, [found]).get(found)

    def _followers(self, row: Row, own: dict[int, dict[str, Any]], changes: list[Change], action: str) -> list[dict[str, Any]]:
        ids = answers.followers(self.conn, [row["id"]])[row["id"]]
        for each, old in store.incidents_by_id(self.conn, [each for each in ids if each not in own]).items():
            own[each] = dict(old)
            changes.append((old, own[each], action))
        return [own[each] for each in ids]

    def _stored(self, case: Row, kind: str) -> str:
        log = in_order(store.steps_of(self.conn, [case["id"]])[case["id"]]) if kind else ()
        said = (each["remark"] for each in log[::-1] if each["is_possible"] and each["action_code"] in REMARK_OF[kind])
        return next(filter(None, said), "")

    def _written(self, told: Told) -> str:
        words = self.words.get(told.kind_code, "")
        remark = "" if told.case["is_restricted"] else scrub(told.remark)[:LONGEST_REMARK].strip()
        if not words or (told.kind_code == "feedback" and not remark):
            return ""
        added = self.words.get(ADDED.get(told.kind_code, ""), "") if remark else ""
        end = str(self.words.get("stop", ""))
        remark = remark.rstrip(end) if end else remark
        return words.format(number=feed.number(told.case), remark=remark, done=added.format(remark=remark))


def _last(condition: Condition, actions: Sequence[str], is_wanted: Callable[[Row], bool] = bool) -> str:
    """The newest words said with one of these actions."""
    said = (each.step["remark"] for each in condition.steps[::-1]
            if each.is_possible and each.step["action_code"] in actions and is_wanted(each.step))  # fmt: skip
    return next(filter(None, said), "")
