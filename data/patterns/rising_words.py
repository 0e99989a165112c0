"""Words that stand in more reports than before: cut by jieba, weighed by the binomial, false ones kept to a twentieth. Pure.

A word counts once a report. Of the reports of a week and the four weeks before that hold it, the week's part should be the week's
part of all reports: as in a comparison of two corpora (Dunning 1993), with the exact binomial tail because words are few.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from data.patterns.discovery import discovered, q_values
from data.patterns.record import Certainty, Pattern, Track

NOW: Final = 7
BEFORE: Final = 28
FEWEST: Final = 5  # reports with the word this week
TIMES: Final = 1.5
MOST: Final = 20
_CHINESE: Final = re.compile("[\\u4e00-\\u9fff]{2,}")
Array = Any


def words_of(texts: Iterable[str]) -> list[frozenset[str]]:
    """The words of each text, of two Chinese characters at least."""
    import jieba  # here: it reads its dictionary for a second, which the start of the screen has not

    jieba.setLogLevel(logging.WARNING)
    return [frozenset(word for word in jieba.cut(text) if _CHINESE.fullmatch(word)) for text in texts]


def _weighed(now: Sequence[frozenset[str]], before: Sequence[frozenset[str]]) -> list[tuple[str, int, int, float, float]]:
    """Words that rise: (word, reports now, reports before, chance, q), the surest first."""
    from scipy.stats import binom  # here: half a second, which the start of the screen has not

    counted, usual = (Counter(word for words in each for word in words) for each in (now, before))
    # Words too rare to be claimed are no tests.
    asked = sorted(word for word, count in counted.items() if count + usual[word] >= FEWEST)
    if not asked or not before:
        return []
    ours = np.array([counted[word] for word in asked])
    theirs = np.array([usual[word] for word in asked])
    chance = binom.sf(ours - 1, ours + theirs, len(now) / (len(now) + len(before)))
    claimed = discovered(chance, np.ones(len(chance), dtype=bool)) & (ours >= FEWEST)
    claimed &= ours / len(now) >= TIMES * (theirs + 0.5) / len(before)
    q = q_values(chance)
    rows = [
        (asked[place], int(ours[place]), int(theirs[place]), float(chance[place]), float(q[place]))
        for place in np.flatnonzero(claimed)
    ]
    return sorted(rows, key=lambda each: (each[3], each[0]))


def rising_words(
    days: Array, words: Sequence[frozenset[str]], place: tuple[str, str], last_day: int, last_on: date
) -> list[Pattern]:
    """The words of the seven days that end on `last_on` (day number `last_day`) against the 28 before; at most `MOST`.

    `days` are the day numbers of the reports, `words` theirs. Evidence: `count`, `mean` (as many were expected), `times`. Right was
    a word that the seven days after held more often than nine of ten such weeks by its share before.
    """
    from scipy.stats import binom

    days = np.asarray(days)

    def between(first: int, last: int) -> list[frozenset[str]]:
        return [words[int(place)] for place in np.flatnonzero((days >= first) & (days <= last))]

    def weighed(last: int) -> list[tuple[str, int, int, float, float]]:
        return _weighed(between(last - NOW + 1, last), between(last - NOW - BEFORE + 1, last - NOW))

    right = of = 0
    last = last_day - NOW
    while len(days) and last - NOW - BEFORE + 1 >= days.min():
        after, before = between(last + 1, last + NOW), between(last - NOW - BEFORE + 1, last - NOW)
        held = Counter(word for each in after for word in each)
        for word, _, theirs, _, _ in weighed(last):
            of += 1
            right += int(held[word] > binom.ppf(0.9, len(after), (theirs + 0.5) / (len(before) + 1)))
        last -= NOW
    rows, first_on = [], last_on - timedelta(days=NOW - 1)
    reports = len(between(last_day - NOW + 1, last_day))
    earlier = len(between(last_day - NOW - BEFORE + 1, last_day - NOW))
    for word, ours, theirs, _, q in weighed(last_day)[:MOST]:
        mean = (theirs + 0.5) / (earlier + 1) * reports
        evidence = {"count": float(ours), "mean": mean, "times": ours / mean}
        rows.append(
            Pattern("rising_word", *place, first_on, last_on, evidence, Certainty("q", q), Track(right, of, 0.1), words=word)
        )
    return rows
