"""An evening run and followed through the chat, in each language: start, goals, the end, and who
was the best. No conversation is open in any of it."""

from datetime import UTC, datetime, timedelta

import pytest
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1.session_pb2 import Session
from fotbot.sessions.v1.sessions_service_pb2 import RegisterRequest

from services.chassis.deadline import budget
from services.gateway.texts import Texts
from tests.e2e.acts import ZONE, beginning, onboard, plain, run_by_link
from tests.e2e.city import City
from tests.e2e.league import CALL_SECONDS, League
from tests.e2e.people import Human, newcomer

SIDE = 5


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_an_evening_is_run_and_followed_in_the_chat(
    city: City, made: League, language: str
) -> None:
    organiser, player = [await newcomer(city, language, name) for name in ("Olim", "Sardor")]
    await onboard(organiser, "Olim")
    await onboard(player, "Sardor")
    session = await gathered(made, organiser, player)
    await starts(organiser, session)
    await player.reads(plain(player.texts, "notice.side_formed", side=""))
    await plays(organiser)
    await ends(organiser)
    await player.reads(beginning(player.texts, "notice.coupon_issued"))
    await follows(player, session)


async def gathered(made: League, organiser: Human, player: Human) -> Session:
    """The organiser's session, soon; the player is the first of ten in it."""
    appointed = await made.organiser(await made.stranger(organiser.telegram_id))
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=50)
    session = await made.session(
        capacity=2 * SIDE, starts=starts_at, squad_size=SIDE, organiser=appointed
    )
    await player.says(f"/start s_{session.id}")
    await player.presses(player.texts("sessions.join"))
    await player.reads(plain(player.texts, "card.in", place=1))
    for number in range(1, 2 * SIDE):
        member = await made.member()
        write = WriteContext(actor_id=member.user_id, request_id=f"in-play:{number}")
        with budget(CALL_SECONDS):
            await made.sessions.Register(RegisterRequest(write=write, session_id=session.id))
    return session


async def starts(organiser: Human, session: Session) -> None:
    texts = organiser.texts
    await run_by_link(organiser, session.id)
    await organiser.presses(texts("organising.start"))
    await organiser.reads(
        read(texts.plural("evening.start.players", 2 * SIDE)),
        read(texts.plural("evening.start.sides", 2, sizes=f"{SIDE} + {SIDE}")),
    )
    toast = await organiser.presses(texts("evening.start.yes"))
    assert toast == texts.toast("evening.started")
    await organiser.reads(read(texts("evening.table")), called(texts, 1), called(texts, 2))
    await organiser.presses(texts("evening.sides"))
    await organiser.reads(called(texts, 1), "Sardor")
    await organiser.presses(texts("evening.back"))


async def plays(organiser: Human) -> None:
    """One match: a goal with its assist, an own one that is taken back, 1:0."""
    texts = organiser.texts
    await organiser.presses(texts("evening.add"))
    await organiser.reads(texts("evening.add.home"))
    await organiser.presses(called(texts, 1))
    await organiser.reads(read(texts("evening.add.away", home=called(texts, 1))))
    await organiser.presses(called(texts, 2))
    await organiser.reads(plain(texts, "evening.match.title", number=1))
    await organiser.presses(texts("evening.goal.add", side=called(texts, 1)))
    await organiser.reads(read(texts("evening.goal.scorer", side=called(texts, 1))))
    await organiser.presses("Sardor")
    await organiser.reads(read(texts("evening.goal.assist", scorer="Sardor")))
    toast = await organiser.presses("Player")
    assert toast == texts.toast("evening.scored", score="1:0")
    await organiser.reads("1:0 · ⚽ Sardor (🅰️ Player")
    await organiser.presses(texts("evening.goal.add", side=called(texts, 2)))
    toast = await organiser.presses(texts("evening.goal.nobody"))
    assert toast == texts.toast("evening.scored", score="1:1")
    await organiser.reads(texts("evening.goal.own", score="1:1"))
    toast = await organiser.presses(texts("evening.undo"))
    assert toast == texts.toast("evening.undone", score="1:0")
    toast = await organiser.presses(texts("evening.match.finish"))
    assert toast == texts.toast("evening.match.finished")
    await organiser.presses(texts("evening.reopen"))
    await organiser.presses(texts("evening.match.finish"))
    await organiser.presses(texts("evening.back"))
    await organiser.reads(first_row(texts))


async def ends(organiser: Human) -> None:
    texts = organiser.texts
    await organiser.presses(texts("evening.finish"))
    await organiser.reads(plain(texts, "evening.finish.ask"))
    toast = await organiser.presses(texts("evening.finish.yes"))
    assert toast == texts.toast("evening.over")
    await organiser.presses(texts("evening.man.choose"))
    await organiser.reads(plain(texts, "evening.man.side"))
    await organiser.presses(called(texts, 1))
    await organiser.reads(read(texts("evening.man.player", side=called(texts, 1))))
    toast = await organiser.presses("Sardor")
    assert toast == texts.toast("evening.man.chosen", name="Sardor")
    await organiser.reads(read(texts("evening.man", name="Sardor")))


async def follows(player: Human, session: Session) -> None:
    """The card leads to the evening; the best are a command away."""
    texts = player.texts
    await player.says(f"/start s_{session.id}")
    await player.presses(texts("sessions.evening"))
    await player.reads(first_row(texts), texts("evening.finished"))
    await player.presses(texts("evening.figures"))
    await player.reads("1. Sardor · ⚽ 1 · 🅰️ 0")
    await player.says("/top")
    await player.reads(read(texts("leaders.season", season=datetime.now(ZONE).year)))
    await player.presses(texts("leaders.wins"))
    await player.presses(texts("leaders.by_career"))
    await player.reads(read(texts("leaders.career")), "🏆 1")


def called(texts: Texts, number: int) -> str:
    return texts.plain("evening.side", number=number)


def first_row(texts: Texts) -> str:
    """Side 1 at the top of the table, as it is read."""
    return plain(
        texts,
        "evening.row",
        places=1,
        side=called(texts, 1),
        points=3,
        won=1,
        drawn=0,
        lost=0,
        scored=1,
        conceded=0,
    )


def read(text: str) -> str:
    """Without its marks, as it is read."""
    return text.replace("<b>", "").replace("</b>", "")
