"""An address is enough to be back; a code the city lacks is refused in a sentence."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import pages
from dashboard.selection import Selection, from_address, to_address
from data.city import City
from data.errors import UnknownCode

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


@given(
    st.sampled_from(["330483", "330483100", "330483004208"]), st.sampled_from(["zh-CN", "en"]), st.none() | st.integers(1, 10**12)
)
def test_a_selection_survives_its_address(city: City, code: str, language: str, incident: int | None) -> None:
    selection = Selection(code, city.area(code).level_code, language, incident)
    path, _, search = to_address(city, selection).partition("?")
    assert from_address(city, path, f"?{search}" if search else "") == selection
    assert Selection.from_store(selection.to_store()) == selection


@pytest.mark.parametrize(
    "search", ["?incident=²", "?incident=-1", "?incident=99999999999999999999", "?lang=%00", "?incident=1;drop"]
)
def test_a_strange_query_is_left_alone(city: City, search: str) -> None:
    assert from_address(city, "/wall", search) == Selection("330483", "county")


def test_an_unknown_area_is_refused(city: City) -> None:
    with pytest.raises(UnknownCode):
        from_address(city, "/wall/999", "")
    page = pages.wall_page(city, "/wall/999", "?lang=en", NOW, is_demo=False)
    assert page.selection is None and "no such area: 999" in str(page.refusal)


def test_a_page_knows_its_day_and_its_other_language(city: City) -> None:
    page = pages.wall_page(city, "/wall/330483100", "", NOW, is_demo=True)
    assert page.facts["day_words"] == "2026-11-24 星期二 工作日"
    assert page.facts["other_address"] == "/wall/330483100?lang=en"
    assert (page.facts["city_name"], page.facts["area_name"]) == ("桐乡市", "乌镇镇")


@pytest.mark.parametrize(
    ("now", "kind"), [("2026-02-14T04:00", "工作日"), ("2026-10-01T04:00", "休息日"), ("2027-01-04T04:00", "工作日历未公布")]
)
def test_a_make_up_saturday_is_a_working_day_and_an_unpublished_year_says_so(city: City, now: str, kind: str) -> None:
    day = pages.wall_page(city, "/wall", "", datetime.fromisoformat(now).replace(tzinfo=UTC), is_demo=False).facts["day_words"]
    assert day.endswith(kind)
