"""WeChat official-account messages: from the XML as sent to a raw record. Entities and external references are refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from data.errors import RowRejected

SOURCE: Final = "wechat"
REPORT_KINDS: Final = ("text", "image", "voice", "video", "shortvideo", "location", "link")
MEDIA_KINDS: Final = ("image", "voice", "video", "shortvideo")
EVENT: Final = "event_"
LONGEST_NAME: Final = 64  # characters of what identifies: WeChat's own are at most 28


@dataclass(frozen=True)
class RawMessage:
    """One message as read: nothing is translated, numbers that identify stay text. An event's `source_ref` lacks its sender."""

    source_ref: str
    sender: str
    sent_at: datetime
    kind_code: str
    content: dict[str, Any] = field(default_factory=dict)


def read(body: bytes) -> RawMessage:
    """The raw record of one message. Raises `RowRejected` for XML that is broken, hostile or misses what identifies it."""
    root = parse(body)
    sender, created = _needed(root, "FromUserName"), _needed(root, "CreateTime")
    kind = _needed(root, "MsgType").lower()
    sent_at = _instant(created)
    if kind == "event":
        name = _text(root, "Event").lower()[: LONGEST_NAME - len(EVENT)]
        # Events have no MsgId; sender and time tell them apart (DOMAIN 5.1).
        return RawMessage(f"{created}:{name}", sender, sent_at, f"{EVENT}{name}", _event_place(root))
    return RawMessage(_needed(root, "MsgId"), sender, sent_at, kind, _content(root, kind))


def may_be_report(body: bytes) -> bool:
    """Whether a message that is refused may have been a report: only a notice that says so itself is none."""
    try:
        return _text(parse(body), "MsgType").lower() != "event"
    except RowRejected:
        return True


def parse(body: bytes) -> Element:
    """The root element. Raises `RowRejected`; a document type, an entity or an external reference is never expanded."""
    try:
        root: Element = fromstring(body, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise RowRejected("hostile_xml", "The XML declares a document type or an entity; both are refused.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise RowRejected("broken_xml", f"The XML cannot be read: {error}.") from error
    if root.tag != "xml":
        raise RowRejected("not_wechat", "The XML is no WeChat message: its root is not <xml>.")
    return root


def _instant(created: str) -> datetime:
    if not (created.isascii() and created.isdigit() and len(created) <= 10 and int(created) > 0):
        raise RowRejected("bad_time", f"CreateTime {created[:LONGEST_NAME]!r} is no time.")
    return datetime.fromtimestamp(int(created), UTC)


def _content(root: Element, kind: str) -> dict[str, Any]:
    if kind == "text":
        return {"text": _text(root, "Content")}
    if kind == "location":
        # Location_X is the latitude, Location_Y the longitude.
        return _point(root, east="Location_Y", north="Location_X") | {"label": _text(root, "Label")}
    if kind == "link":
        return {"text": " ".join(each for each in (_text(root, "Title"), _text(root, "Description")) if each)}
    return {"media_id": _text(root, "MediaId"), "text": _text(root, "Recognition")}


def _event_place(root: Element) -> dict[str, Any]:
    return _point(root, east="Longitude", north="Latitude") if root.find("Longitude") is not None else {}


def _point(root: Element, *, east: str, north: str) -> dict[str, Any]:
    try:
        x, y = float(_text(root, east)), float(_text(root, north))
    except ValueError as error:
        raise RowRejected("bad_place", f"{north} and {east} are no coordinates.") from error
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise RowRejected("bad_place", f"{north} {y} and {east} {x} lie on no map.")
    return {"x": x, "y": y}


def _text(root: Element, name: str) -> str:
    return (root.findtext(name) or "").strip()


def _needed(root: Element, name: str) -> str:
    value = _text(root, name)
    if not value:
        raise RowRejected("incomplete", f"The message has no {name}.")
    if len(value) > LONGEST_NAME:
        raise RowRejected("too_long", f"{name} has {len(value)} characters; it has at most {LONGEST_NAME}.")
    return value
