"""Words that rise and reports that are likely one: found where planted, not found in shuffled weeks, and the shares are printed."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from data.patterns import duplicates, rising_words
from data.patterns.record import FALSE_SHARE

LAST = date(2026, 11, 23)
PLACE = ("county", "330483")
WORDS = [f"词语{chr(0x4E00 + number)}{chr(0x4E40 + number % 60)}" for number in range(300)]


def texts(generator: np.random.Generator, days: int = 70, a_day: int = 120) -> tuple[Any, list[frozenset[str]]]:
    shares = 1 / np.arange(1, len(WORDS) + 1)
    at = np.repeat(np.arange(days), a_day)
    drawn = generator.choice(len(WORDS), (len(at), 6), p=shares / shares.sum())
    return at, [frozenset(WORDS[each] for each in row) for row in drawn]


def test_chinese_is_cut_into_words_and_figures_are_none() -> None:
    assert rising_words.words_of(["高速涵洞旁铁丝网破了3个口子 <b>", ""]) == [
        frozenset({"高速", "涵洞", "铁丝网", "口子"}), frozenset(),
    ]  # fmt: skip


def test_planted_words_are_found_and_shuffled_weeks_have_none_beyond_the_share() -> None:
    generator = np.random.default_rng(1)
    found = planted = false = 0
    rounds = 20
    for _ in range(rounds):
        days, words = texts(generator)
        false += bool(rising_words.rising_words(days, words, PLACE, 69, LAST))
        more = list(words)
        for word in ("毛毛虫", "停水"):
            for place in generator.choice(np.flatnonzero(days >= 63), 14, replace=False):
                more[place] |= {word}
            for place in generator.choice(np.flatnonzero((days < 63) & (days >= 35)), 8, replace=False):
                more[place] |= {word}
        said = {each.words for each in rising_words.rising_words(days, more, PLACE, 69, LAST)}
        found, planted = found + len(said & {"毛毛虫", "停水"}), planted + 2
    print(f"\nwords (14 a week after 2): recall {found / planted:.2f} of {planted}; rounds with a false one {false / rounds:.2f}")
    assert found / planted >= 0.9
    assert false / rounds <= 3 * FALSE_SHARE


def test_a_word_that_stays_up_was_right() -> None:
    generator = np.random.default_rng(2)
    days, words = texts(generator, 250)
    for week in range(6, 34, 2):
        for place in generator.choice(np.flatnonzero((days >= 7 * week) & (days < 7 * week + 14)), 40, replace=False):
            words[place] |= {f"升词{WORDS[week][2:]}"}
    said = rising_words.rising_words(days, [*words[:-15], *(each | {"停水"} for each in words[-15:])], PLACE, 249, LAST)
    assert said[0].words == "停水" and said[0].evidence["count"] == 15
    assert said[0].track.rate is not None and said[0].track.rate > 0.6


def made(generator: np.random.Generator, count: int, doubled: int, merged: bool) -> duplicates.Reports:
    """Reports of a month over a town; `doubled` of them seen by two, nearby and soon, in other words."""
    kinds = generator.choice(12, count) * 100
    hours, lons, lats = (
        generator.uniform(0, 700, count),
        generator.uniform(120.4, 120.44, count),
        generator.uniform(30.5, 30.53, count),
    )
    told = [
        "路灯坏了",
        "垃圾没人清",
        "井盖松动",
        "违停挡路",
        "河水发黑",
        "噪音扰民",
        "树枝断了",
        "路面塌陷",
        "污水冒溢",
        "飞线充电",
        "油烟直排",
        "狗追人",
    ]
    spots = [f"{chr(0x4E00 + 7 * n)}{chr(0x5000 + 11 * n)}路{n % 90}号" for n in range(count)]
    written = [f"{spots[n]}{told[kinds[n] // 100]}" for n in range(count)]
    again = generator.choice(count, doubled, replace=False)
    masters = np.r_[np.arange(count), again if merged else np.arange(doubled) + count]
    return duplicates.Reports(
        np.arange(count + doubled), np.r_[hours, hours[again] + generator.exponential(1.5, doubled)], np.r_[kinds, kinds[again]],
        np.r_[lons, lons[again] + generator.normal(0, 0.0002, doubled)], np.r_[lats, lats[again] + generator.normal(0, 0.0002, doubled)],
        [*written, *(f"反映{spots[n]}那里{told[kinds[n] // 100]}，请处理" for n in again)], masters,
    )  # fmt: skip


def test_reports_seen_by_two_are_found_and_their_certainty_is_kept_to() -> None:
    generator = np.random.default_rng(3)
    known, fresh = made(generator, 6000, 200, merged=True), made(generator, 3000, 60, merged=False)
    said = duplicates.duplicates(known, fresh, PLACE, (LAST, LAST))
    right = sum(each.incident_ids[1] >= 3000 or each.incident_ids[0] >= 3000 for each in said)
    print(f"\nduplicates: recall {right / 60:.2f} of 60; false ones {len(said) - right} of {len(said)}")
    assert right / 60 >= 0.85 and right / len(said) >= 0.85
    assert said[0].certainty.kind_code == "probability" and said[0].certainty.value > 0.9
    assert said[0].track.rate == pytest.approx(right / len(said), abs=0.12)
    assert set(said[0].evidence) == {"metres", "minutes", "likeness"}


def test_nobody_who_never_merged_is_told_of_duplicates() -> None:
    generator = np.random.default_rng(4)
    known, fresh = made(generator, 1500, 10, merged=True), made(generator, 1000, 30, merged=False)
    assert duplicates.duplicates(known, fresh, PLACE, (LAST, LAST)) == []


def test_far_late_or_of_another_kind_is_no_candidate() -> None:
    base = {"ids": np.arange(2), "kinds": np.zeros(2, dtype=int), "texts": ["路灯坏了", "路灯坏了"], "masters": np.arange(2)}
    points = {"lons": np.array([120.5, 120.5005]), "lats": np.array([30.5, 30.5])}
    near = {"hours": np.array([5.0, 1.0]), **points}
    assert duplicates.pairs(duplicates.Reports(**(base | near))).places.tolist() == [[1, 0]]
    for change in ({"hours": np.array([1.0, 14.0])}, {"lons": np.array([120.5, 120.503])}, {"kinds": np.array([0, 10_000])}):
        assert len(duplicates.pairs(duplicates.Reports(**(base | near | change))).places) == 0
