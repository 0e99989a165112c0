"""The error family: each error carries a word key, its facts and a remedy, so that any language can say it."""

from __future__ import annotations


class ShouwangError(Exception):
    """Base of every error this house raises on purpose.

    `key` names the sentence in the words of the screen (`error.<key>`); `facts` fill its places; `remedy`
    is one English sentence for the log and the command line.
    """

    key = "unknown"

    def __init__(self, message: str, *, remedy: str = "", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class SettingsError(ShouwangError):
    """A setting cannot be used: names the variable, its value and what is accepted."""

    key = "settings"


class CityError(ShouwangError):
    """A city folder does not hold together: `facts["problems"]` is a list of sentences."""

    key = "city"


class SourceError(ShouwangError):
    """A file or message cannot be read at all: names the file and the position."""

    key = "source"


class RowRejected(ShouwangError):
    """One row or message cannot come in: `reason` is a stable key, the message says it in words."""

    key = "row_rejected"

    def __init__(self, reason: str, message: str, *, remedy: str = "", **facts: object) -> None:
        super().__init__(message, remedy=remedy, **facts)
        self.reason = reason
        self.report_ref = ""  # of the report that is refused, once whoever reads it knows


class UnknownCode(ShouwangError):
    """A code is on no list of the city: names the list and the code."""

    key = "unknown_code"


class FrameMismatch(ShouwangError):
    """A frame does not have the columns that `data.schema` promises."""

    key = "frame_mismatch"


class StoreUnavailable(ShouwangError):
    """The database does not answer or is not at the version this code needs."""

    key = "store_unavailable"


class CalendarUnpublished(ShouwangError):
    """The working days of a year are not published yet; a deadline that needs them is not guessed."""

    key = "calendar_unpublished"


class AccessDenied(ShouwangError):
    """A caller may not do this: wrong signature, unknown or revoked token."""

    key = "access_denied"


class TooManyWalls(ShouwangError):
    """More walls are open than one server looks after."""

    key = "too_many_walls"


class NoSuchPast(ShouwangError):
    """An instant that cannot be replayed; `reason` is bad_at, bad_speed, to_come, too_early, nothing or too_many."""

    key = "no_such_past"
