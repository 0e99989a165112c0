"""Proposes a category from the words of a report, and says how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from data.city import City


@dataclass(frozen=True)
class Proposal:
    """A category with its certainty (0 to 1) and the filing condition the words name."""

    category_code: str
    certainty: float
    condition_code: str


def propose(city: City, words: str) -> Proposal:
    """The category whose keywords the text holds most of, weighed by their length.

    Certainty is the winner's share of all weight found, lowered when it rests on fewer than four characters; without
    any keyword it is the city's other category with certainty 0.
    """
    weights = {
        each.category_code: weight
        for each in city.categories.values()
        if (weight := sum(len(keyword) for keyword in each.keywords if keyword in words))
    }
    if not weights:
        return Proposal(str(city.settings["other_category"]), 0.0, "")
    best = min(weights, key=lambda code: (-weights[code], code))
    certainty = weights[best] / sum(weights.values()) * min(1.0, weights[best] / 4)
    return Proposal(best, round(certainty, 3), condition_of(city, best, words))


def condition_of(city: City, category_code: str, words: str) -> str:
    """The filing condition the words name, where a limit of the category depends on it; else empty."""
    for condition, signs in (city.settings.get("conditions") or {}).items():
        rule = city.limit_rule("finish", category_code, condition)
        if rule is not None and rule.condition_code == condition and any(sign in words for sign in signs):
            return str(condition)
    return ""
