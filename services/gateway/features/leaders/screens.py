"""A page of the best, by what one likes and over what span."""

from collections.abc import Mapping

from fotbot.sessions.v1.match_pb2 import PlayerFigures
from fotbot.sessions.v1.matches_service_pb2 import ListLeadersResponse

from services.gateway.answers import Button, Screen, Style
from services.gateway.calls import Call
from services.gateway.features.leaders.callbacks import OpenLeaders
from services.gateway.texts import Texts

ORDERS = {
    "p": "leaders.points",
    "g": "leaders.goals",
    "a": "leaders.assists",
    "w": "leaders.wins",
}

Row = tuple[Button, ...]


def page(
    reply: ListLeadersResponse, people: Mapping[int, str], at: OpenLeaders, call: Call
) -> Screen:
    """`at` is what is shown: its button is coloured."""
    texts = call.texts
    title = texts("leaders.career") if at.career else texts("leaders.season", season=reply.season)
    lines = [
        _line(place, one, people[one.user_id], call)
        for place, one in enumerate(reply.players, reply.first_place)
    ]
    return Screen(
        text="\n\n".join([title, "\n".join(lines) or texts("leaders.none")]),
        buttons=(*_turning(reply, at, texts), _orders(at, texts), _spans(at, texts)),
    )


def points(doubled: int) -> str:
    """Halves without a decimal sign, which languages write differently."""
    whole, half = divmod(doubled, 2)
    return (f"{whole}½" if whole else "½") if half else str(whole)


def _line(place: int, figures: PlayerFigures, name: str, call: Call) -> str:
    line = call.texts(
        "leaders.line",
        place=place,
        name=name,
        points=points(figures.doubled_points),
        goals=figures.goals,
        assists=figures.assists,
        wins=figures.wins,
    )
    return f"<b>{line}</b>" if figures.user_id == call.person.user_id else line


def _turning(reply: ListLeadersResponse, at: OpenLeaders, texts: Texts) -> list[Row]:
    def to(key: str, token: str) -> Button:
        data = OpenLeaders(order=at.order, career=at.career, page=token)
        return Button(text=texts.plain(key), data=data)

    row: list[Button] = []
    if reply.previous_page_token:
        row.append(to("leaders.previous", reply.previous_page_token))
    if reply.next_page_token:
        row.append(to("leaders.next", reply.next_page_token))
    return [tuple(row)] if row else []


def _orders(at: OpenLeaders, texts: Texts) -> Row:
    return tuple(
        _choice(texts.plain(key), OpenLeaders(order=order, career=at.career), order == at.order)
        for order, key in ORDERS.items()
    )


def _spans(at: OpenLeaders, texts: Texts) -> Row:
    season = OpenLeaders(order=at.order, career=False)
    career = OpenLeaders(order=at.order, career=True)
    return (
        _choice(texts.plain("leaders.by_season"), season, not at.career),
        _choice(texts.plain("leaders.by_career"), career, at.career),
    )


def _choice(text: str, data: OpenLeaders, chosen: bool) -> Button:
    return Button(text=text, data=data, style=Style.PRIMARY if chosen else None)
