"""Pairs of reports that are likely one: of a kind, near in place and time, alike in words. Learned from past mergers. Pure.

A logistic regression (scikit-learn) on distance, time between, likeness of texts and sameness of kind; likeness is the cosine of
their character pairs and triples by tf-idf (scikit-learn), which needs no word list and does not mind a missing character.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from data.patterns.ground import pairs_within, plane
from data.patterns.record import UNTRIED, Certainty, Pattern, Track

METRES: Final = 150.0
HOURS: Final = 12.0
FEWEST_KNOWN: Final = 30  # mergers to learn from; with fewer, nothing is claimed
CLAIMED: Final = 0.5  # likely enough to show
Array = Any


@dataclass(frozen=True)
class Reports:
    """Reports with a point: ids, hours since any instant, kinds (whole numbers), points, texts, and the id of what each was merged
    into (or its own).
    """

    ids: Array
    hours: Array
    kinds: Array
    lons: Array
    lats: Array
    texts: Sequence[str]
    masters: Array


@dataclass(frozen=True)
class Pairs:
    """Candidates: two places in the reports (the earlier report first), their features, and whether they were merged."""

    places: Array
    features: Array
    merged: Array


def pairs(reports: Reports) -> Pairs:
    """Candidate pairs of one top kind that are near enough. Features: hundreds of metres, hours, likeness, sameness of kind."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # here: a second

    points = plane(reports.lons, reports.lats)
    hours = np.asarray(reports.hours, dtype=float)
    # Hours as a third direction, so that one search finds what is near in both.
    spread = np.column_stack([points, hours / HOURS * METRES]) if len(points) else np.zeros((0, 3))
    found = pairs_within(spread, METRES * 2**0.5)
    left, right = found[:, 0], found[:, 1]
    apart = np.hypot(*(points[left] - points[right]).T) if len(found) else np.zeros(0)
    between = np.abs(hours[left] - hours[right])
    near = (apart <= METRES) & (between <= HOURS) & (reports.kinds[left] // 10_000 == reports.kinds[right] // 10_000)
    found, apart, between = found[near], apart[near], between[near]
    if not len(found):
        return Pairs(found, np.zeros((0, 4)), np.zeros(0, dtype=bool))
    texts = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True, min_df=1).fit_transform(
        [text or "-" * 2 for text in reports.texts]
    )
    alike = np.asarray(texts[found[:, 0]].multiply(texts[found[:, 1]]).sum(axis=1)).ravel()
    same = (reports.kinds[found[:, 0]] == reports.kinds[found[:, 1]]).astype(float)
    first = np.where(hours[found[:, 0]] <= hours[found[:, 1]], 0, 1)
    order = np.column_stack([first, 1 - first])
    masters = reports.masters[found]
    return Pairs(
        np.take_along_axis(found, order, axis=1),
        np.column_stack([apart / 100, between, alike, same]),
        masters[:, 0] == masters[:, 1],
    )


def duplicates(known: Reports, fresh: Reports, place: tuple[str, str], days: tuple[date, date]) -> list[Pattern]:
    """Likely pairs among `fresh` reports that nobody has merged, the likeliest first; the certainty is learned from `known` ones.

    Evidence: `metres`, `minutes` between, `likeness` (0 to 1). Right was a pair of the past that was merged: the past is cut in
    five parts, each judged by what the four others teach. None with fewer than `FEWEST_KNOWN` mergers to learn from.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    past, now = pairs(known), pairs(fresh)
    if past.merged.sum() < FEWEST_KNOWN or past.merged.all():
        return []
    learned = LogisticRegression(max_iter=500)
    judged = cross_val_predict(learned, past.features, past.merged, cv=5, method="predict_proba")[:, 1] >= CLAIMED
    track = Track(int((judged & past.merged).sum()), int(judged.sum()), float(past.merged.mean())) if judged.any() else UNTRIED
    if not len(now.places):
        return []
    likely = learned.fit(past.features, past.merged).predict_proba(now.features)[:, 1]
    rows = []
    for (first, second), features, chance, merged in zip(now.places, now.features, likely, now.merged, strict=True):
        if merged or chance < CLAIMED:
            continue
        evidence = {"metres": float(features[0] * 100), "minutes": float(features[1] * 60), "likeness": float(features[2])}
        rows.append(
            Pattern("duplicate", *place, *days, evidence, Certainty("probability", float(chance)), track,
                    lon=float(fresh.lons[second]), lat=float(fresh.lats[second]), radius_metres=METRES,
                    incident_ids=(int(fresh.ids[first]), int(fresh.ids[second])))
        )  # fmt: skip
    return sorted(rows, key=lambda each: -each.certainty.value)
