"""When registration opens: at once unless the organiser asks for another moment, by the venue's
clock. What is kept of the answer is that moment, or nothing."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.gateway.features.create_session.reading import Answers, Unclear, starts
from services.gateway.texts import Texts, dates, typed

STEP = "opens"
AT_ONCE = frozenset({"now", "hozir", "сейчас", "0"})
USUAL = time(12)
DAYS_BEFORE = (7, 3, 2, 1)


def read_opening(text: str, data: Answers, now: datetime) -> Answers:
    """Now, or a day and a time. Raises Unclear."""
    words = re.findall(r"\w+", text.casefold())
    if words and words[0] in AT_ONCE and len(words) == 1:
        return {STEP: ""}
    day_text, _, time_text = text.strip().rpartition(" ")
    clock, today = typed.clock(time_text), dates.local(now, data["zone"]).date()
    day = typed.day(day_text, today)
    if day is None or clock is None:
        raise Unclear("typed.opens")
    moment = datetime.combine(day, clock, ZoneInfo(data["zone"]))
    if moment <= now:
        raise Unclear("typed.opens_past")
    if moment >= starts(data):
        raise Unclear("error.OPENS_TOO_LATE")
    return {STEP: f"{moment:%Y-%m-%dT%H:%M}"}


def opening_options(data: Answers, now: datetime, texts: Texts) -> list[tuple[str, str]]:
    """At once; tomorrow at noon; noon so many days before the start."""
    zone, start = ZoneInfo(data["zone"]), starts(data)
    days = [start.date() - timedelta(days=n) for n in DAYS_BEFORE]
    days.append(dates.local(now, data["zone"]).date() + timedelta(days=1))
    noons = (datetime.combine(day, USUAL, zone) for day in sorted(set(days)))
    return [
        (texts.plain("create.opens.now"), "now"),
        *(
            (shown_opening(noon, texts), f"{noon:%d.%m.%Y %H.%M}")
            for noon in noons
            if now < noon < start
        ),
    ]


def opens_at(data: Answers) -> datetime | None:
    """None: at once."""
    kept = data.get(STEP)
    return datetime.fromisoformat(kept).replace(tzinfo=ZoneInfo(data["zone"])) if kept else None


def shown_opening(moment: datetime, texts: Texts) -> str:
    """`Tue, 24 Nov 12:00`, by the clock of the moment's zone."""
    return f"{dates.short_day(moment.date(), texts.language)} {dates.clock(moment)}"
