"""What tests of the data share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data import case_copy
from data.case_copy import CaseCopy
from data.city import City


@pytest.fixture
def copy(engine: Engine, city: City, tmp_path: Path) -> Iterator[CaseCopy]:
    """A copy that does nothing by itself; it is made with `load`."""
    copy = case_copy.attached(engine, city, tmp_path / "columns")
    copy._begin = lambda: None  # type: ignore[method-assign]
    yield copy
    copy.stop()
