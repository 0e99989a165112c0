"""When a case is late: by hand, with the instants as plain numbers."""

from __future__ import annotations

import pytest

from data.lateness import is_late, late_from


@pytest.mark.parametrize(
    ("state", "due", "resolved", "expected"),
    [
        ("handling", 10, None, True),  # past it, and nobody has settled it
        ("handling", 20, None, False),  # this very instant is in time
        ("handling", None, None, False),  # no deadline, never late
        ("suspended", 10, None, False),  # its clock stands
        ("checking", 10, 10, False),  # settled in time, waits for its check
        ("checking", 10, 11, True),  # settled late: late until it is closed
    ],
)
def test_a_case_is_late_while_its_clock_runs_past_the_deadline(
    state: str, due: int | None, resolved: int | None, expected: bool
) -> None:
    assert is_late(state, due, resolved, 20) is expected


def test_a_deadline_that_was_met_makes_nothing_late_afterwards() -> None:
    assert (late_from(10, 10), late_from(10, 11), late_from(10, None), late_from(None, 5)) == (None, 10, 10, None)
