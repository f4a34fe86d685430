"""Broadcasts and reminders through the chat, in each language: what is written to many, by day and
at night, and what people are reminded of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from fotbot.common.v1.language_pb2 import LANGUAGE_EN, LANGUAGE_RU, LANGUAGE_UZ
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1 import sessions_service_pb2 as wire
from fotbot.sessions.v1.session_pb2 import FORMAT_FIVE_A_SIDE, Session
from fotbot.users.v1 import users_service_pb2 as users
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.deadline import budget
from services.gateway.texts import texts_for
from tests.e2e.acts import beginning, plain, run_by_link
from tests.e2e.city import City
from tests.e2e.league import CALL_SECONDS, IDS, League, Member
from tests.e2e.people import Human, newcomer

WORDS = "Bring both shirts.\n\nNo <studs>, please & thanks."
LANGUAGES = {"uz": LANGUAGE_UZ, "ru": LANGUAGE_RU, "en": LANGUAGE_EN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """An organiser, his session, and somebody in it."""

    organiser: Human
    session: Session
    player: Human

    async def writes(self, words: str) -> None:
        """From the menu to the preview."""
        organiser, texts = self.organiser, self.organiser.texts
        await run_by_link(organiser, self.session.id)
        await organiser.presses(texts("organising.broadcast"))
        await organiser.reads(plain(texts, "broadcast.to_session"), self.session.venue.name)
        await organiser.says(words)
        await organiser.reads(plain(texts, "broadcast.preview"), words)
        await organiser.reads(texts.plural("broadcast.people", 1))


def zone_where_it_is(hour: int) -> str:
    """A zone whose clocks show about that hour; its name counts westwards."""
    offset = (hour - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-offset:+d}"


async def session_of(made: League, organiser: Member, zone: str, starts: datetime) -> Session:
    def write() -> WriteContext:
        return WriteContext(actor_id=organiser.user_id, request_id=f"many:{next(IDS)}")

    venue = f"Many {next(IDS)}"
    with budget(CALL_SECONDS):
        place = await made.sessions.CreateVenue(
            wire.CreateVenueRequest(write=write(), name=venue, time_zone=zone)
        )
        opened = await made.sessions.CreateSession(
            wire.CreateSessionRequest(
                write=write(),
                venue_id=place.venue.id,
                starts_at=Timestamp(seconds=int(starts.timestamp())),
                ends_at=Timestamp(seconds=int(starts.timestamp()) + 3600),
                format=FORMAT_FIVE_A_SIDE,
                price=40_000,
                capacity=10,
            )
        )
    return opened.session


async def person(city: City, made: League, language: str) -> tuple[Human, Member]:
    """Somebody who has signed up and reads that language."""
    human = await newcomer(city, language)
    member = await made.member(human.telegram_id)
    write = WriteContext(actor_id=member.user_id, request_id=f"many:{next(IDS)}")
    with budget(CALL_SECONDS):
        await made.users.SetLanguage(
            users.SetLanguageRequest(write=write, language=LANGUAGES[language])
        )
    return human, member


async def joined(city: City, made: League, language: str, session: Session) -> Human:
    player, _ = await person(city, made, language)
    await player.says(f"/start s_{session.id}")
    await player.reads(session.venue.name)
    await player.presses(player.texts("sessions.join"))
    return player


async def evening(city: City, made: League, language: str, hour: int) -> Evening:
    """A session in ten days, where it is that hour now."""
    organiser, member = await person(city, made, language)
    appointed = await made.organiser(member)
    starts = datetime.now(UTC) + timedelta(days=10)
    session = await session_of(made, appointed, zone_where_it_is(hour), starts)
    player = await joined(city, made, language, session)
    return Evening(organiser=organiser, session=session, player=player)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_an_organisers_words_reach_the_people_of_his_session(
    city: City, made: League, language: str
) -> None:
    played = await evening(city, made, language, hour=13)
    organiser, player, texts = played.organiser, played.player, played.organiser.texts
    await played.writes("Another text")
    await organiser.says(WORDS)
    await organiser.reads(plain(texts, "broadcast.preview"), WORDS)
    toast = await organiser.presses(texts("broadcast.send"))
    assert toast == texts.toast("broadcast.sent")
    read = await player.reads(beginning(texts, "notice.broadcast_session"), WORDS)
    assert read.endswith(f"\n\n{WORDS}") and played.session.venue.name in read
    await organiser.presses(texts("broadcast.refresh"))
    await organiser.reads(
        plain(texts, "broadcast.delivered", n=1), plain(texts, "broadcast.waiting", n=0)
    )
    assert await player.count("Another text") == 0
    assert await player.count("<studs>") == 1


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_at_night_it_waits_and_can_be_stopped(
    city: City, made: League, language: str
) -> None:
    played = await evening(city, made, language, hour=2)
    organiser, texts = played.organiser, played.organiser.texts
    await played.writes(WORDS)
    await organiser.presses(texts("broadcast.send"))
    await organiser.reads(plain(texts, "broadcast.waiting", n=1))
    await organiser.presses(texts("broadcast.refresh"))
    await organiser.presses(texts("broadcast.stop"))
    await organiser.reads(plain(texts, "broadcast.stopped"))
    # What may come at night comes, and it is all that comes.
    await run_by_link(organiser, played.session.id)
    await organiser.presses(texts("sessions.edit"))
    await organiser.presses(texts("edit.cancel"))
    await organiser.presses(texts("edit.cancel.yes"))
    await played.player.reads(beginning(texts, "notice.session_cancelled"))
    assert await played.player.count("<studs>") == 0


async def test_everybody_is_reminded_once_in_his_language(city: City, made: League) -> None:
    organiser = await made.organiser()
    starts = datetime.now(UTC) + timedelta(hours=3)
    session = await session_of(made, organiser, zone_where_it_is(13), starts)
    readers = [await joined(city, made, language, session) for language in ("uz", "ru", "en")]
    for reader in readers:
        await reader.reads(beginning(reader.texts, "notice.reminder_hours"), session.venue.name)
    for reader in readers:
        assert (
            await reader.count(beginning(texts_for(reader.texts.language), "notice.reminder_hours"))
            == 1
        )
