"""The counts metrics are made of, each with what is counted. All add up over areas and periods of one cohort."""

from __future__ import annotations

from typing import Final

COUNTS: Final = {
    "reported": "reports that came in",
    "resolved": "cases whose handling was finished, by the day it was",
    "closed": "cases closed, by the day they were",
    "filed": "cases whose deadline lies in the period",
    "not_due": "of those, still open and before their deadline",
    "suspended": "of those, open and suspended with consent",
    "handled": "of those, handled, in time or not",
    "handled_on_time": "of those, handled by their deadline",
    "returned": "of those, given back at least once",
    "reworked": "of those, with at least one failed check",
    "extended": "of those, with at least one extension",
    "ended": "of those, closed",
}
