"""Answers to a session's questions, typed or pressed, as the conversation keeps them.

Only what no service could be asked is turned down here, so that the step can be asked again at
once; whether a session may be so is decided by sessions."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.gateway.texts import typed
from services.gateway.texts.dates import local

Answers = Mapping[str, str]
Reader = Callable[[str, Answers, datetime], Answers]

FURTHEST = timedelta(days=366)
MINUTES = range(15, 721)
PRICES = range(10_000_001)
PLACES = range(2, 101)
SQUADS = range(4, 16)
YES = frozenset({"1", "yes", "y", "ha", "да"})
NO = frozenset({"0", "no", "n", "yoq", "нет"})
APOSTROPHES = re.compile("['`\u2018\u2019\u02bb\u02bc]")
"""As they are typed in Uzbek."""


class Unclear(Exception):
    """The answer cannot be used; `key` is the text that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_day(text: str, data: Answers, now: datetime) -> Answers:
    today = local(now, data["zone"]).date()
    found = typed.day(text, today)
    if found is None:
        raise Unclear("typed.day")
    if found < today:
        raise Unclear("typed.day_past")
    if found > today + FURTHEST:
        raise Unclear("error.STARTS_TOO_FAR")
    return {"day": found.isoformat()}


def read_time(text: str, data: Answers, now: datetime) -> Answers:
    found = typed.clock(text)
    if found is None:
        raise Unclear("typed.time")
    answers = {"time": f"{found:%H:%M}"}
    if starts({**data, **answers}) <= now:
        raise Unclear("typed.time_past")
    return answers


def read_minutes(text: str, _data: Answers, _now: datetime) -> Answers:
    return {"minutes": _number(text, MINUTES, "typed.minutes")}


def read_format(text: str, _data: Answers, _now: datetime) -> Answers:
    return {"format": _number(text, range(5, 7), "typed.format")}


def read_squad(text: str, _data: Answers, _now: datetime) -> Answers:
    return {"squad": _number(text, SQUADS, "typed.squad")}


def read_price(text: str, _data: Answers, _now: datetime) -> Answers:
    return {"price": _number(text, PRICES, "typed.price")}


def read_capacity(text: str, _data: Answers, _now: datetime) -> Answers:
    return {"capacity": _number(text, PLACES, "typed.capacity")}


def read_approval(text: str, _data: Answers, _now: datetime) -> Answers:
    """Yes or no in any of the languages, as the first word of what was typed."""
    words = re.findall(r"[^\W_]+", APOSTROPHES.sub("", text.casefold()))
    word = words[0] if words else ""
    if word not in YES | NO:
        raise Unclear("typed.approval")
    return {"approval": "1" if word in YES else "0"}


READERS: Mapping[str, Reader] = {
    "day": read_day,
    "time": read_time,
    "minutes": read_minutes,
    "format": read_format,
    "squad": read_squad,
    "price": read_price,
    "capacity": read_capacity,
    "approval": read_approval,
}
"""By step. The venue is not read but looked up."""


def starts(data: Answers) -> datetime:
    """The start, by the clock of the venue's zone."""
    hour, minute = data["time"].split(":")
    day = date.fromisoformat(data["day"])
    zone = ZoneInfo(data["zone"])
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=zone)


def ends(data: Answers) -> datetime:
    """The end: the length counts in time that passes, not in the wall clock's."""
    utc = starts(data).astimezone(ZoneInfo("UTC"))
    return utc + timedelta(minutes=int(data["minutes"]))


def _number(text: str, allowed: range, key: str) -> str:
    number = typed.whole_number(text)
    if number is None or number not in allowed:
        raise Unclear(key)
    return str(number)
