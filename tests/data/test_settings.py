"""Settings stop the start at once, naming variable, value and what is accepted."""

import pytest

from data import settings
from data.errors import SettingsError


def test_without_an_environment_everything_has_a_default() -> None:
    assert settings.read({}).port_number == 8050
    assert settings.read({}).url.startswith("sqlite:///")
    assert settings.read({}).is_demo


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("DEMO", "yes"),
        ("CLOCK", "tomorrow"),
        ("CLOCK", "2016-03-15T09:28:00"),
        ("DEMO_DAYS", "-1"),
    ],
)
def test_a_bad_value_is_named_with_what_is_accepted(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"{variable}='{value}'.*Accepted"):
        settings.read({variable: value})


@pytest.mark.parametrize("value", ["short", "eleven-char", "口令口令口令口令口令口令口令"])
def test_a_remote_token_that_is_too_weak_stops_the_start_and_is_not_repeated(value: str) -> None:
    with pytest.raises(SettingsError, match=r"REMOTE_TOKEN='\*\*\*'.*12 or more") as raised:
        settings.read({"REMOTE_TOKEN": value})
    assert value not in str(raised.value)
    assert settings.read({"REMOTE_TOKEN": "twelve-chars"}).remote_secret == "twelve-chars"


def test_every_setting_has_a_sentence() -> None:
    assert all(sentence.endswith(".") for _, _, sentence in settings.table())
