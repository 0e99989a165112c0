"""Durations as counts in fixed logarithmic buckets: mergeable and subtractable, so percentiles merge over places and time.

A bucket is 15 % wide (γ = 1.15), in minutes: bucket 1 holds less than one minute, bucket k holds γ^(k-2) up to γ^(k-1).
Bucket 0 is not a duration; counts use it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

GAMMA: Final = 1.15
_LOG: Final = math.log(GAMMA)
LAST: Final = 140  # beyond three hundred years


def bucket_of(minutes: float) -> int:
    """The bucket of a duration in minutes; a negative one (clocks that disagree) counts as none at all."""
    if minutes < 1:
        return 1
    return min(2 + math.floor(math.log(minutes) / _LOG + 1e-9), LAST)


def buckets_of(minutes: Any) -> Any:
    """`bucket_of` for an array of minutes."""
    floor = np.floor(np.log(np.maximum(minutes, 1)) / _LOG + 1e-9).astype(np.int64) + 2
    return np.where(minutes < 1, 1, np.minimum(floor, LAST))


def bounds(bucket: int) -> tuple[float, float]:
    """Lower and upper bound of a bucket in minutes."""
    return (0.0, 1.0) if bucket == 1 else (GAMMA ** (bucket - 2), GAMMA ** (bucket - 1))


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration in minutes below which `share` (0 to 1) of the counted ones lie; `None` when nothing was counted.

    Inside its bucket a duration is placed evenly, so the answer is off by less than a bucket's width (15 %).
    """
    total = sum(counts.values())
    if total <= 0:
        return None
    rank, seen = share * total, 0
    for bucket in sorted(counts):
        if counts[bucket] > 0 and seen + counts[bucket] >= rank:
            low, high = bounds(bucket)
            return low + (high - low) * max(rank - seen, 0) / counts[bucket]
        seen += counts[bucket]
    return bounds(max(counts))[1]
