"""A session's questions with the buttons that answer them, for opening one and for editing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from aiogram.filters.callback_data import CallbackData
from fotbot.sessions.v1.session_pb2 import Venue

from services.gateway.answers import Button
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.create_session import opening
from services.gateway.features.create_session.reading import PLACES, Answers, starts
from services.gateway.features.sessions import views
from services.gateway.texts import Texts, dates
from services.gateway.texts.typed import shown

DAYS = 14
TIMES = ("18:00", "18:30", "19:00", "19:30", "20:00", "20:30", "21:00", "21:30", "22:00")
LENGTHS = (60, 90, 120)
PRICES = (0, 20_000, 30_000, 40_000, 50_000)
SQUADS = (7, 5, 6, 8)
SIDES = (4, 3, 2, 5, 6, 8)
"""Whole squads that the places offered are for, the usual evening first."""

Option = tuple[str, str]
"""A button's label and the value it stands for."""

Rows = tuple[tuple[Button, ...], ...]


def options(step: str, data: Answers, now: datetime, texts: Texts) -> Sequence[Option]:
    """What can be pressed at a step; the venues are not among them."""
    offers: Mapping[str, Callable[[], Sequence[Option]]] = {
        "day": lambda: _days(data, now, texts),
        "time": lambda: _times(data, now),
        "minutes": lambda: [(texts.plural("create.minutes", n), str(n)) for n in LENGTHS],
        "format": lambda: [(texts.plain(f"format.{n}"), str(n)) for n in (5, 6)],
        "squad": lambda: [(str(n), str(n)) for n in SQUADS],
        "price": lambda: price_options(PRICES[0], texts),
        "capacity": lambda: _places(data),
        "approval": lambda: [
            (texts.plain("create.approval.no"), "no"),
            (texts.plain("create.approval.yes"), "yes"),
        ],
        opening.STEP: lambda: opening.opening_options(data, now, texts),
    }
    return offers[step]()


def price_options(first: int, texts: Texts) -> Sequence[Option]:
    """The usual prices, `first` before them."""
    amounts = dict.fromkeys((first, *PRICES))
    return [(views.price(amount, texts), str(amount)) for amount in amounts]


def venue_options(venues: Sequence[Venue]) -> Sequence[Option]:
    return [(venue.name, str(venue.id)) for venue in venues]


ACROSS = {"venue": 1, "minutes": 1, "time": 3, "squad": 4, "capacity": 3}
"""Buttons side by side, by step; two where nothing is said."""


def rows(
    step: str,
    offered: Sequence[Option],
    choose: Callable[[str], CallbackData],
    texts: Texts,
    back: CallbackData | None = None,
) -> Rows:
    """The options; under them the way back, if there is one, and out of the conversation."""
    across = ACROSS.get(step, 2)
    every = [Button(text=shown(label), data=choose(value)) for label, value in offered]
    lines = [tuple(every[n : n + across]) for n in range(0, len(every), across)]
    return (*lines, ways_out(texts, back))


def ways_out(texts: Texts, back: CallbackData | None = None) -> tuple[Button, ...]:
    """To the step before, and out of the conversation."""
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    if back is None:
        return (out,)
    return (Button(text=texts.plain("create.back"), data=back), out)


def question(step: str, title: str, chosen: str, problem: str, texts: Texts) -> str:
    """The step's text: what was chosen so far, what was wrong with the answer, the question."""
    asked = texts(f"ask.{step}")
    blocks = [title, chosen, f"⚠️ {problem}" if problem else "", asked]
    return "\n\n".join(block for block in blocks if block)


def summary(data: Answers, texts: Texts) -> str:
    """What was chosen so far, a line each."""
    lines = []
    if venue := data.get("venue_name"):
        lines.append(texts("create.chosen.venue", venue=venue))
    if "day" in data:
        lines.append(texts("create.chosen.when", when=_moment(data, texts)))
    if "format" in data:
        name = texts.plain(f"format.{data['format']}")
        lines.append(texts("create.chosen.format", format=name))
        if "squad" in data:
            lines.append(texts.plural("create.squad", int(data["squad"])))
    if "price" in data:
        amount = views.price(int(data["price"]), texts)
        lines.append(texts("create.chosen.price", price=amount))
    if "capacity" in data:
        places = texts.plural("create.places", int(data["capacity"]))
        lines.append(texts("create.chosen.places", places=places))
    if data.get("approval") == "1":
        lines.append(texts("create.chosen.approval"))
    if opens_at := opening.opens_at(data):
        lines.append(texts("create.chosen.opens", when=opening.shown_opening(opens_at, texts)))
    return "\n".join(lines)


def _moment(data: Answers, texts: Texts) -> str:
    day = dates.day(datetime.fromisoformat(data["day"]).date(), texts.language)
    if "time" not in data:
        return day
    if "minutes" not in data:
        return f"{day}, {data['time']}"
    return f"{day}, {data['time']} · {texts.plural('create.minutes', int(data['minutes']))}"


def _days(data: Answers, now: datetime, texts: Texts) -> Sequence[Option]:
    today = dates.local(now, data["zone"]).date()
    days = [today + timedelta(days=n) for n in range(DAYS)]
    labels = [dates.short_day(day, texts.language) for day in days]
    for n, key in enumerate(("create.today", "create.tomorrow")):
        labels[n] = texts.plain(key, day=dates.day_month(days[n], texts.language))
    return [(label, day.isoformat()) for label, day in zip(labels, days, strict=True)]


def _places(data: Answers) -> Sequence[Option]:
    """So many that whole squads play."""
    counts = [sides * int(data["squad"]) for sides in SIDES]
    return [(str(n), str(n)) for n in counts if n in PLACES]


def _times(data: Answers, now: datetime) -> Sequence[Option]:
    ahead = [time for time in TIMES if starts({**data, "time": time}) > now]
    return [(time, time.replace(":", "")) for time in ahead]
