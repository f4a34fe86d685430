"""The profile as only its owner sees it, and what he presses to change it."""

from collections.abc import Mapping, Sequence

from aiogram.filters.callback_data import CallbackData
from fotbot.sessions.v1.match_pb2 import PlayerFigures

from services.gateway.answers import Button, Screen, Style
from services.gateway.calls import Person, Role
from services.gateway.features.language.callbacks import OpenLanguages
from services.gateway.features.leaders.callbacks import OpenLeaders
from services.gateway.features.leaders.screens import points
from services.gateway.features.profile.callbacks import (
    ChangeAge,
    ChangeName,
    ChangeNumber,
    ChangePhone,
    ChangePosition,
    ChooseNumber,
    ChoosePosition,
    OpenProfile,
    OpenTopics,
    SetTopic,
)
from services.gateway.features.profile.record import Record
from services.gateway.texts import Texts

ROLES = {
    Role.PLAYER: "profile.role.player",
    Role.ORGANISER: "profile.role.organiser",
    Role.ADMIN: "profile.role.admin",
}
POSITIONS: Mapping[str, str] = {
    "goalkeeper": "profile.position.goalkeeper",
    "defender": "profile.position.defender",
    "midfielder": "profile.position.midfielder",
    "forward": "profile.position.forward",
}
TOPICS: Mapping[str, str] = {
    "reminders": "profile.topic.reminders",
    "registrations": "profile.topic.registrations",
    "changes": "profile.topic.changes",
    "teams": "profile.topic.teams",
    "broadcasts": "profile.topic.broadcasts",
}
SHIRTS = range(1, 26)
ACROSS = 5


def profile(person: Person, record: Record, texts: Texts, note: str = "") -> Screen:
    blocks = [
        note,
        texts("profile.title", name=person.name),
        "\n".join(_told(person, texts)),
        "\n\n".join(_played(record, texts)),
    ]
    return Screen(text="\n\n".join(block for block in blocks if block), buttons=_ways(texts))


def positions(person: Person, texts: Texts) -> Screen:
    """The one he has told is coloured."""
    rows = [
        (_option(texts.plain(key), ChoosePosition(position=code), code == person.position),)
        for code, key in POSITIONS.items()
    ]
    none = Button(text=texts.plain("profile.position.none"), data=ChoosePosition(position="none"))
    return Screen(text=texts("profile.position.ask"), buttons=(*rows, (none,), (_back(texts),)))


def numbers(person: Person, texts: Texts) -> Screen:
    """A grid; the one he has told is coloured."""
    every = [_option(str(n), ChooseNumber(number=n), n == person.shirt_number) for n in SHIRTS]
    grid = [tuple(every[n : n + ACROSS]) for n in range(0, len(every), ACROSS)]
    none = Button(text=texts.plain("profile.number.none"), data=ChooseNumber(number=0))
    return Screen(text=texts("profile.number.ask"), buttons=(*grid, (none,), (_back(texts),)))


def topics(person: Person, texts: Texts) -> Screen:
    """Each button says what pressing it brings about."""
    return Screen(
        text=texts("profile.topics"),
        buttons=(*((_topic(code, person, texts),) for code in TOPICS), (_back(texts),)),
    )


def _told(person: Person, texts: Texts) -> Sequence[str]:
    lines = [texts("profile.phone", phone=person.phone)]
    if person.age:
        lines.append(texts.plural("profile.age", person.age))
    if person.position:
        position = texts(POSITIONS[person.position])
        lines.append(texts("profile.position", position=position))
    if person.shirt_number:
        lines.append(texts("profile.number", number=person.shirt_number))
    return [*lines, texts("profile.language"), texts(ROLES[person.role])]


def _played(record: Record, texts: Texts) -> Sequence[str]:
    if record.figures is None:
        blocks = [texts("profile.figures.away")]
    elif not record.figures.career.matches:
        blocks = [texts("profile.figures.none")]
    else:
        blocks = [
            texts("profile.season", figures=_figures(record.figures.season, texts)),
            texts("profile.career", figures=_figures(record.figures.career, texts)),
        ]
    if record.coupons is not None:
        blocks.append(texts.plural("profile.coupons", record.coupons))
    return blocks


def _figures(figures: PlayerFigures, texts: Texts) -> str:
    best = figures.times_man_of_session
    told = texts(
        "profile.figures",
        goals=figures.goals,
        assists=figures.assists,
        wins=figures.wins,
        matches=figures.matches,
        points=points(figures.doubled_points),
    )
    return texts("profile.figures.best", figures=told, times=best) if best else told


def _ways(texts: Texts) -> tuple[tuple[Button, ...], ...]:
    rows: tuple[tuple[tuple[str, CallbackData], ...], ...] = (
        (
            (texts.plain("profile.edit_name"), ChangeName()),
            (texts.plain("profile.edit_phone"), ChangePhone()),
        ),
        (
            (texts.plain("profile.edit_age"), ChangeAge()),
            (texts.plain("profile.edit_position"), ChangePosition()),
        ),
        (
            (texts.plain("profile.edit_number"), ChangeNumber()),
            (texts.plain("profile.edit_language"), OpenLanguages()),
        ),
        (
            (texts.plain("profile.edit_topics"), OpenTopics()),
            (texts.plain("profile.leaders"), OpenLeaders()),
        ),
    )
    return tuple(tuple(Button(text=label, data=data) for label, data in row) for row in rows)


def _topic(code: str, person: Person, texts: Texts) -> Button:
    muted = code in person.muted
    label = f"{'🔕' if muted else '🔔'} {texts.plain(TOPICS[code])}"
    return Button(text=label, data=SetTopic(topic=code, wanted=muted))


def _option(label: str, data: CallbackData, is_chosen: bool) -> Button:
    return Button(text=label, data=data, style=Style.PRIMARY if is_chosen else None)


def _back(texts: Texts) -> Button:
    return Button(text=texts.plain("profile.back"), data=OpenProfile())
