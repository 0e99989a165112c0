"""Which of many tests found something: at most a stated share of what is claimed is chance (Benjamini & Hochberg 1995). Pure."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.patterns.record import FALSE_SHARE

Array = Any


def q_values(chances: Array) -> Array:
    """To each chance (p, from 0 to 1) the smallest share of false ones at which it would be claimed."""
    from scipy.stats import false_discovery_control  # here: half a second, which the start of the screen has not

    chances = np.asarray(chances, dtype=float)
    return false_discovery_control(chances) if chances.size else chances


def discovered(chances: Array, known: Array, false_share: float = FALSE_SHARE) -> Array:
    """True where something is claimed; tests that could not be made (`known` is false) count for nothing."""
    claimed = np.zeros(len(chances), dtype=bool)
    if (chances[known] <= false_share).any():
        claimed[known] = q_values(chances[known]) <= false_share
    return claimed
