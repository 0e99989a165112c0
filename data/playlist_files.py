"""Reads a city's `playlists.yaml`, says in sentences what does not fit, and keeps the last good one while it is edited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import yaml

from data.city_records import City
from data.playlist_checks import NAME, gaps, known_words, listed, sentences_of
from data.playlists import ANY, DEFAULT, DEFAULT_SCREEN, THEMES, Entry, Playlists, Rules, Screen, hours_of
from data.vocabulary import Word

FILE: Final = "playlists.yaml"
SECTIONS: Final = ("interruption", "playlists", "screens")
SCREEN_KEYS: Final = ("name", "playlist", "theme", "seams", "sound", "area")
RULES: Final[dict[str, tuple[str, str]]] = {
    "show_seconds": ("show", "seconds"),
    "least_seconds": ("least", "seconds"),
    "newest_minutes": ("newest", "minutes"),
    "flood_minutes": ("flood_window", "minutes"),
    "flood_above": ("flood_above", ""),
    "flood_over_below": ("flood_over_below", ""),
}


class _Twice(yaml.YAMLError):
    """A name that stands twice in one place."""


class _Loader(yaml.SafeLoader):
    """YAML as people mean it: a name that stands twice is an error, and `off` is a word, not false."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?:true|false)$"), list("tf"))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for name, _ in node.value:
        if str(name.value) in seen:
            raise _Twice(f"{name.value} stands twice, the second time in line {name.start_mark.line + 1}")
        seen.add(str(name.value))
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def problems_of(city: City) -> list[str]:
    """What is wrong with the city's playlists, one sentence each."""
    return _read(city)[1]


def _read(city: City) -> tuple[Playlists | None, list[str]]:
    """The playlists of the city's file, or of `DEFAULT` where it has none; with any problem there are none."""
    try:
        said = yaml.load((city.folder / FILE).read_text(encoding="utf-8"), _Loader)  # noqa: S506 (a safe loader of our own)
    except FileNotFoundError:
        return _built(DEFAULT), []
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [f"{FILE} cannot be read: {' '.join(str(error).split())}."]
    problems = [f"{FILE}: {each}" for each in _sentences(city, said)]
    return (None if problems else _built(said)), problems


def _sentences(city: City, said: Any) -> Iterator[str]:
    if not isinstance(said, dict) or not {"playlists", "screens"} <= said.keys():
        yield "it needs playlists and screens."
        return
    yield from known_words("the file", said, SECTIONS)
    lists, screens, rules = said["playlists"], said["screens"], said.get("interruption") or {}
    for name, found in (("playlists", lists), ("screens", screens), ("interruption", rules)):
        if not isinstance(found, dict):
            yield f"{name} are names with what belongs to them."
            return
    for name, entries in lists.items():
        wrong = list(sentences_of(city, name, entries))
        yield from wrong
        if not wrong:
            yield from gaps(name, [_entry(each) for each in entries])
    if DEFAULT_SCREEN not in screens:
        yield f"there is no screen {DEFAULT_SCREEN}; a wall that names none shows it."
    for name, screen in screens.items():
        yield from _screen_sentences(city, name, screen, lists)
    yield from _rule_sentences(rules)


def _screen_sentences(city: City, name: Any, said: Any, lists: dict[str, Any]) -> Iterator[str]:
    where = f"screen {name}"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"{where}: a name is made of a to z, 0 to 9, - and _, at most 32 of them."
    if not isinstance(said, dict) or "playlist" not in said:
        yield f"{where}: it needs a playlist."
        return
    yield from known_words(where, said, SCREEN_KEYS)
    title = said.get("name", {"zh": "", "en": ""})
    if not isinstance(title, dict) or not all(isinstance(title.get(each), str) for each in ("zh", "en")):
        yield f"{where}: name needs zh and en."
    chosen = said["playlist"] if isinstance(said["playlist"], dict) else {ANY: said["playlist"]}
    places = {ANY, *city.levels, *(each.area_code for each in city.areas)}
    for place, playlist in chosen.items():
        if place not in places:
            yield f"{where}: there is no area or level {place!r}; codes are written in quotes."
        if not isinstance(playlist, str) or playlist not in lists:
            yield f"{where}: there is no playlist {playlist!r}."
    missing = [level for level in city.levels if level not in chosen]
    if ANY not in chosen and missing:
        yield f"{where}: it has no playlist for a {missing[0]}; name one or say '*'."
    if said.get("theme", THEMES[0]) not in THEMES:
        yield f"{where}: theme is one of {', '.join(THEMES)}, not {said['theme']!r}."
    if not isinstance(said.get("sound", False), bool):
        yield f"{where}: sound is true or false, not {said['sound']!r}."
    if said.get("area") is not None and not (isinstance(said["area"], str) and city.areas_of(said["area"])):
        yield f"{where}: there is no area {said['area']!r}; codes are written in quotes."
    yield from _seam_sentences(where, said.get("seams") or {})


def _seam_sentences(where: str, seams: Any) -> Iterator[str]:
    if not isinstance(seams, dict) or not seams.keys() <= {"columns", "rows"}:
        yield f"{where}: seams have columns and rows."
        return
    for name, shares in seams.items():
        is_list = isinstance(shares, list) and all(isinstance(each, int | float) and 0 < each < 1 for each in shares)
        if not is_list or shares != sorted(set(shares)):
            yield f"{where}: seams {name} are shares between 0 and 1, each above the one before."


def _rule_sentences(rules: dict[str, Any]) -> Iterator[str]:
    yield from known_words("interruption", rules, tuple(RULES))
    wrong = [name for name in RULES if name in rules and not _is_positive(rules[name], is_whole=not RULES[name][1])]
    for name in wrong:
        yield f"interruption: {name} is a number above zero, not {rules[name]!r}."
    if not wrong:
        made = _rules(rules)
        if made.least > made.show:
            yield "interruption: least_seconds is at most show_seconds."
        if made.flood_over_below > made.flood_above:
            yield "interruption: flood_over_below is at most flood_above."


def _is_positive(value: Any, *, is_whole: bool) -> bool:
    return isinstance(value, int if is_whole else int | float) and not isinstance(value, bool) and 0 < value < 100_000


def _built(said: dict[str, Any]) -> Playlists:
    lists = {name: tuple(_entry(each) for each in entries) for name, entries in said["playlists"].items()}
    screens = {name: _screen(name, each) for name, each in said["screens"].items()}
    return Playlists(screens, lists, _rules(said.get("interruption") or {}))


def _entry(said: dict[str, Any]) -> Entry:
    return Entry(
        scene=said["scene"],
        dwell=timedelta(seconds=said["dwell_seconds"]),
        area_code=said.get("area"),
        filters=tuple(sorted((said.get("filters") or {}).items())),
        hours=tuple(hours_of(each) for each in listed(said.get("hours"))),
        days=tuple(listed(said.get("days"))),
    )


def _screen(name: str, said: dict[str, Any]) -> Screen:
    chosen, seams, title = said["playlist"], said.get("seams") or {}, said.get("name") or {"zh": name, "en": name}
    return Screen(
        title=Word(name, title["zh"], title["en"]),
        playlists=chosen if isinstance(chosen, dict) else {ANY: chosen},
        theme=said.get("theme", THEMES[0]),
        has_sound=said.get("sound", False),
        area_code=said.get("area"),
        columns=tuple(seams.get("columns") or ()),
        rows=tuple(seams.get("rows") or ()),
    )


def _rules(said: dict[str, Any]) -> Rules:
    given: dict[str, Any] = {}
    for name, (field, unit) in RULES.items():
        if name in said:
            given[field] = timedelta(**{unit: said[name]}) if unit else said[name]
    return Rules(**given)


class Kept:
    """The playlists in force. A broken edit is not taken: the last good ones stay, and `problems` says why."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._seen = self._signature()
        found, self.problems = _read(city)
        self.current = found or _built(DEFAULT)

    def is_edited(self) -> bool:
        """Whether the file is another than the one read last."""
        return self._signature() != self._seen

    def refresh(self) -> bool:
        """Read the file if it is another than before; true when other playlists are in force now."""
        if not self.is_edited():
            return False
        self._seen = self._signature()
        found, self.problems = _read(self.city)
        if found is None or found == self.current:
            return False
        self.current = found
        return True

    def _signature(self) -> tuple[int, ...]:
        try:
            said = (self.city.folder / FILE).stat()
        except OSError:
            return ()
        return said.st_mtime_ns, said.st_size, said.st_ino
