"""The registry of metrics: what each number on a screen means, and the one way to compute it. Never a formula of its own.

A metric is arithmetic on additive counts, so the county is the sum of its townships and a quarter the sum of its months.
What is to be handled has several definitions in force at different times and for different uses (`Definition`): which
one holds on a day is the city's decision (its `definitions.yaml`), given to `compute` by its code. A name of the field that
our log cannot answer stands here too, with the reason (`Unavailable`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from data.vocabulary import Word

Counts = Mapping[str, int]
BETTER: Final = ("more", "less", "neither")
NORMAL_95: Final = 1.959963984540054  # two-sided 95 % quantile of the normal distribution
SUBJECTS: Final = {
    "to_handle": "what is to be handled: the denominator of handling, closing and extension",
    "rework": "the denominator of rework",
}
USES: Final = {
    "live": "a board that moves",
    "report": "a period that is over and frozen",
}


@dataclass(frozen=True)
class Definition:
    """One way of counting a denominator: its code, its words, where it is from, and which subjects may choose it.

    `taking` names counts that stand in for others, where the definition asks another cohort.
    """

    code: str
    words: Word
    source: str
    needs: tuple[str, ...]
    count: Callable[[Counts], int]
    subjects: tuple[str, ...] = tuple(SUBJECTS)
    taking: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """What a number means. `numerator` and, for a rate, `denominator` are arithmetic on counts.

    `needs` are the counts both are made of (`data.metrics.counts`); `cohort` says which cases are asked, `left_out` which
    are not, `better` whether more of it is good; `minimum` is the denominator below which no unit is ranked by it. With a
    `subject` the definition in force adds its own: as the denominator, or, without a `numerator`, as the number itself.
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
    numerator: Callable[[Counts], int] | None
    denominator: Callable[[Counts], int] | None = None
    subject: str = ""
    note: str = ""
    minimum: int = 30  # DOMAIN 4.3

    @property
    def is_rate(self) -> bool:
        return self.denominator is not None or (self.subject != "" and self.numerator is not None)


@dataclass(frozen=True)
class Unavailable:
    """A name of the field that we cannot answer, and why not."""

    key: str
    words: Word
    source: str
    reason: str


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
UNAVAILABLE: Final[dict[str, Unavailable]] = {}


def add(metric: Metric) -> Metric:
    """Take a metric in. Raises `ValueError` for a key that is taken or a `better` that is none."""
    _free(metric.key)
    if metric.better not in BETTER:
        raise ValueError(f"{metric.key}: better is one of {', '.join(BETTER)}, not {metric.better!r}")
    METRICS[metric.key] = metric
    return metric


def miss(unavailable: Unavailable) -> None:
    """Take in a name that cannot be answered. Raises `ValueError` for a key that is taken."""
    _free(unavailable.key)
    UNAVAILABLE[unavailable.key] = unavailable


def _free(key: str) -> None:
    if key in METRICS or key in UNAVAILABLE:
        raise ValueError(f"there is a metric {key!r} already")


def define(definition: Definition) -> Definition:
    """Take a definition in. Raises `ValueError` for a code that is taken."""
    if definition.code in DEFINITIONS:
        raise ValueError(f"there is a definition {definition.code!r} already")
    DEFINITIONS[definition.code] = definition
    return definition


def definition_of(metric: Metric, definition_code: str) -> Definition | None:
    """The definition a metric counts by, `None` when it needs none. Raises `ValueError` for one that is not of its subject."""
    if not metric.subject:
        return None
    definition = DEFINITIONS[definition_code]
    if metric.subject not in definition.subjects:
        raise ValueError(f"{metric.key} cannot be counted by {definition_code}")
    return definition


def needs(key: str, definition_code: str = "") -> tuple[str, ...]:
    """The counts a metric is made of by a definition, each once."""
    metric = METRICS[key]
    definition = definition_of(metric, definition_code)
    if definition is None:
        return metric.needs
    return tuple(dict.fromkeys((*(definition.taking.get(name, name) for name in metric.needs), *definition.needs)))


def compute(key: str, counts: Counts, definition_code: str = "") -> Value:
    """The one way to a number: from summed counts; a count that is missing from a metric's needs raises `KeyError`.

    A rate is in percent, with its Wilson interval. A metric with a subject counts by the definition given.
    """
    metric = METRICS[key]
    definition = definition_of(metric, definition_code)
    given = {name: counts[name] for name in needs(key, definition_code)}
    code = "" if definition is None else definition.code
    taking = {} if definition is None else definition.taking
    asked = given | {name: given[other] for name, other in taking.items() if other in given}
    whole = metric.denominator if definition is None else definition.count
    if metric.numerator is None:
        assert definition is not None
        return Value(definition.count(given), definition.count(given), definition_code=code)
    numerator = metric.numerator(asked)
    if whole is None:
        return Value(numerator, numerator)
    denominator = whole(given)
    if denominator <= 0:
        return Value(None, numerator, 0, definition_code=code)
    low, high = wilson(numerator, denominator)
    return Value(100 * numerator / denominator, numerator, denominator, 100 * low, 100 * high, code)


def total(parts: Sequence[Counts]) -> dict[str, int]:
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
