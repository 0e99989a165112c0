"""The registry of metrics: what each number on a screen means, and the one way to compute it. Never a formula of its own.

A metric is arithmetic on additive counts, so the county is the sum of its townships and a quarter the sum of its months.
A count may have several definitions in force at different times and places (`Definition`); which one holds on a day is
the city's decision, given to `compute` by its code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

from data.vocabulary import Word

Counts = Mapping[str, int]
BETTER: Final = ("more", "less", "neither")
NORMAL_95: Final = 1.959963984540054  # two-sided 95 % quantile of the normal distribution


@dataclass(frozen=True)
class Definition:
    """One way of counting the cases that were to be handled: its code, its words and where it is from."""

    code: str
    words: Word
    source: str
    count: Callable[[Counts], int]


@dataclass(frozen=True)
class Metric:
    """What a number means. `numerator` and, for a rate, `denominator` are arithmetic on counts.

    `needs` are the counts it is made of (`data.metrics.counts`), `cohort` says which cases are asked, `left_out` which are
    not, `better` whether more of it is good; `minimum` is the denominator below which no unit is ranked by it.
    """

    key: str
    words: Word
    unit: Word
    decimals: int
    formula: str
    cohort: str
    left_out: str
    better: str
    source: str
    needs: tuple[str, ...]
    numerator: Callable[[Counts], int]
    denominator: Callable[[Counts, Definition], int] | None = None
    note: str = ""
    minimum: int = 30  # DOMAIN 4.3


@dataclass(frozen=True)
class Value:
    """A metric worked out: the number in its unit, `None` without a denominator; a rate has its parts and its interval."""

    number: float | None
    numerator: int
    denominator: int | None = None
    low: float | None = None
    high: float | None = None
    definition_code: str = ""

    def is_ranked(self, minimum: int) -> bool:
        """Whether there are enough cases to compare this unit with others."""
        return self.denominator is not None and self.denominator >= minimum


METRICS: Final[dict[str, Metric]] = {}
DEFINITIONS: Final[dict[str, Definition]] = {}


def add(metric: Metric) -> Metric:
    """Take a metric in. Raises `ValueError` for a key that is taken or a `better` that is none."""
    if metric.key in METRICS:
        raise ValueError(f"there is a metric {metric.key!r} already")
    if metric.better not in BETTER:
        raise ValueError(f"{metric.key}: better is one of {', '.join(BETTER)}, not {metric.better!r}")
    METRICS[metric.key] = metric
    return metric


def define(definition: Definition) -> Definition:
    """Take a definition in. Raises `ValueError` for a code that is taken."""
    if definition.code in DEFINITIONS:
        raise ValueError(f"there is a definition {definition.code!r} already")
    DEFINITIONS[definition.code] = definition
    return definition


def compute(key: str, counts: Counts, definition_code: str) -> Value:
    """The one way to a number: from summed counts; a count that is missing from a metric's needs raises `KeyError`.

    A rate is in percent, with its Wilson interval; its denominator counts by the definition given.
    """
    metric = METRICS[key]
    given = {name: counts[name] for name in metric.needs}
    numerator = metric.numerator(given)
    if metric.denominator is None:
        return Value(numerator, numerator)
    definition = DEFINITIONS[definition_code]
    denominator = metric.denominator(given, definition)
    if denominator <= 0:
        return Value(None, numerator, 0, definition_code=definition.code)
    low, high = wilson(numerator, denominator)
    return Value(100 * numerator / denominator, numerator, denominator, 100 * low, 100 * high, definition.code)


def total(parts: list[Counts]) -> dict[str, int]:
    """The counts of several units or periods together."""
    names = {name for part in parts for name in part}
    return {name: sum(part.get(name, 0) for part in parts) for name in names}


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927, score interval), between 0 and 1. `trials` is above zero."""
    share, square = min(hits / trials, 1.0), NORMAL_95**2
    middle = share + square / (2 * trials)
    spread = NORMAL_95 * sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    scale = 1 + square / trials
    # At the ends the interval reaches them exactly; rounding must not say otherwise.
    return (middle - spread) / scale if hits else 0.0, (middle + spread) / scale if hits < trials else 1.0
