"""Is a batch believable? Compared with what the source usually sends; says so in a sentence, never repairs."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median


def check_batch(read_count: int, rejected_count: int, usual: Sequence[int]) -> str:
    """A sentence about a batch that is far from usual, or nothing. `usual` are the sizes of the last batches of this source."""
    if read_count == 0:
        return "The file has no rows."
    if rejected_count * 10 > read_count:
        return f"{rejected_count} of {read_count} rows were rejected: more than one in ten."
    if len(usual) >= 3:
        middle = median(usual)
        if read_count * 3 < middle:
            return f"{read_count} rows are far fewer than the usual {middle:g}."
        if read_count > middle * 3:
            return f"{read_count} rows are far more than the usual {middle:g}."
    return ""
