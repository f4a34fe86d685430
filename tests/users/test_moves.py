"""Coming back under a new Telegram account: the rules, on people in memory."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refused
from services.users.domain import moves, profile
from services.users.domain.refusals import (
    AlreadyRegistered,
    ContactNotOwn,
    MoveDecided,
    MoveLapsed,
    MoveNotFound,
    NotAllowed,
    PhoneInvalid,
    UserNotFound,
)
from services.users.domain.user import Language, MoveId, Role, TelegramId, User, UserId
from tests.fakes.memory_users import MemoryMoves, MemoryPeople
from tests.users.meeting import met

ADMINS = frozenset({TelegramId(900)})
OLD, NEW = TelegramId(1), TelegramId(2)
PHONE = "+998901234567"
NOBODY = UserId(404)


class Club:
    """An admin, somebody with a past, and a new account."""

    def __init__(self) -> None:
        self.people = MemoryPeople()
        self.moves = MemoryMoves(self.people)

    @classmethod
    async def founded(cls) -> "Club":
        club = cls()
        await club.registers(TelegramId(900), "Admin", "+998900000900")
        await club.registers(OLD, "Ali", PHONE)
        await met(club.people, NEW, Language.RU)
        return club

    async def registers(self, account: TelegramId, name: str, phone: str) -> User:
        user = await met(self.people, account, Language.UZ)
        await profile.set_name(self.people, user.id, name)
        return await profile.set_phone(self.people, user.id, phone, account)

    async def at(self, account: TelegramId) -> User:
        user = await self.people.by_telegram_id(account)
        assert user is not None
        return user

    async def asks(
        self, account: TelegramId, phone: str = PHONE, contact: TelegramId | None = None
    ) -> None:
        asker = (await self.at(account)).id
        shared = account if contact is None else contact
        await moves.request_move(self.people, self.moves, asker, phone, shared)

    async def decides(self, number: int, approved: bool, account: int = 900) -> User:
        admin = (await self.at(TelegramId(account))).id
        async with self.people.transaction() as people:
            return await moves.decide_move(
                people, self.moves, ADMINS, admin, MoveId(number), approved
            )


async def test_a_yes_brings_the_person_under_his_new_account_with_all_that_is_his() -> None:
    club = await Club.founded()
    old, fresh = await club.at(OLD), await club.at(NEW)
    old = replace(old, stored_role=Role.ORGANISER, shirt_number=7, reachable=False)
    await club.people.save(old)
    await club.asks(NEW)
    moved = await club.decides(1, approved=True)
    assert moved == await club.at(NEW)
    assert moved == replace(old, telegram_id=NEW, reachable=True)
    assert await club.people.by_telegram_id(OLD) is None
    assert club.people.users[fresh.id] == replace(fresh, telegram_id=None)
    assert club.people.audit == [((await club.at(TelegramId(900))).id, "move.approve", old.id, "")]


async def test_a_no_changes_nothing_but_the_log() -> None:
    club = await Club.founded()
    await club.asks(NEW)
    before = dict(club.people.users)
    old = await club.decides(1, approved=False)
    assert club.people.users == before
    assert [entry[1:3] for entry in club.people.audit] == [("move.reject", old.id)]


async def test_the_moved_person_reads_the_language_he_chose_last() -> None:
    club = await Club.founded()
    await profile.set_language(club.people, (await club.at(NEW)).id, Language.EN)
    await club.asks(NEW)
    moved = await club.decides(1, approved=True)
    assert (moved.language, moved.language_chosen) == (Language.EN, True)


async def test_who_came_without_a_name_gets_the_one_he_gave_now() -> None:
    club = await Club.founded()
    await club.people.save(replace(await club.at(OLD), name=""))
    await profile.set_name(club.people, (await club.at(NEW)).id, "Ali again")
    await club.asks(NEW)
    assert (await club.decides(1, approved=True)).name == "Ali again"


@pytest.mark.parametrize("phone", [PHONE, "998 90 123-45-67", "+998901111111"])
async def test_asking_tells_nothing_of_whether_anybody_has_the_phone(phone: str) -> None:
    club = await Club.founded()
    await club.asks(NEW, phone)
    assert len(club.people.wishes) == (phone != "+998901111111")


@pytest.mark.parametrize("contact", [OLD, 0, -1])
async def test_another_persons_contact_proves_nothing(contact: int) -> None:
    club = await Club.founded()
    with pytest.raises(ContactNotOwn):
        await club.asks(NEW, contact=TelegramId(contact))
    assert club.people.wishes == {}


async def test_a_bad_phone_and_a_registered_or_unknown_asker_are_refused() -> None:
    club = await Club.founded()
    with pytest.raises(PhoneInvalid):
        await club.asks(NEW, "one two")
    with pytest.raises(AlreadyRegistered):
        await club.asks(OLD, PHONE)
    with pytest.raises(UserNotFound):
        await moves.request_move(club.people, club.moves, NOBODY, PHONE, NEW)


async def test_asking_for_ones_own_phone_is_no_wish() -> None:
    club = await Club.founded()
    fresh = await club.at(NEW)
    await profile.set_phone(club.people, fresh.id, "+998905555555", NEW)
    await club.asks(NEW, "+998905555555")
    assert club.people.wishes == {}


async def test_only_an_admin_decides_and_only_once_and_only_what_was_asked() -> None:
    club = await Club.founded()
    await club.asks(NEW)
    for account in (OLD, NEW):
        with pytest.raises(NotAllowed):
            await club.decides(1, approved=True, account=account)
    with pytest.raises(MoveNotFound):
        await club.decides(2, approved=True)
    await club.decides(1, approved=False)
    for approved in (True, False):
        with pytest.raises(MoveDecided):
            await club.decides(1, approved=approved)


async def test_a_wish_lapses_when_an_account_has_become_something_else() -> None:
    club = await Club.founded()
    await club.asks(NEW)
    old, fresh = await club.at(OLD), await club.at(NEW)
    await profile.set_phone(club.people, old.id, "+998907777777", OLD)
    with pytest.raises(MoveLapsed):
        await club.decides(1, approved=True)
    await profile.set_phone(club.people, old.id, PHONE, OLD)
    await profile.set_name(club.people, fresh.id, "Vali")
    await profile.set_phone(club.people, fresh.id, "+998908888888", NEW)
    with pytest.raises(MoveLapsed):
        await club.decides(1, approved=True)
    assert (await club.at(OLD)).id == old.id and club.people.audit == []
    await club.decides(1, approved=False)


accounts = st.sampled_from([1, 2, 3, 4])
phones = st.sampled_from([f"+99890000000{n}" for n in range(3)])
acts = st.one_of(
    st.tuples(st.just("meets"), accounts, phones, st.booleans()),
    st.tuples(st.just("registers"), accounts, phones, st.booleans()),
    st.tuples(st.just("asks"), accounts, phones, st.booleans()),
    st.tuples(st.just("decides"), st.integers(1, 6), phones, st.booleans()),
)


@given(st.lists(acts, max_size=25))
async def test_whatever_happens_accounts_and_phones_have_one_person_each_and_nobody_is_lost(
    happenings: list[tuple[str, int, str, bool]],
) -> None:
    club = Club()
    await club.registers(TelegramId(900), "Admin", "+998900000900")
    registered: set[UserId] = set()
    for what, number, phone, flag in happenings:
        try:
            await happens(club, what, number, phone, flag)
        except Refused:
            continue
        finally:
            users = list(club.people.users.values())
            bound = [user.telegram_id for user in users if user.telegram_id is not None]
            shared = [user.phone for user in users if user.phone]
            assert len(bound) == len(set(bound)) and len(shared) == len(set(shared))
            now = {user.id for user in users if user.is_registered}
            assert registered <= now
            # Who has signed up is always behind some account: moving never leaves him without.
            assert all(club.people.users[one].telegram_id is not None for one in now)
            registered = now


async def happens(club: Club, what: str, number: int, phone: str, flag: bool) -> None:
    account = TelegramId(number)
    if what == "decides":
        await club.decides(number, approved=flag)
        return
    await met(club.people, account, Language.UZ)
    if what == "registers":
        await club.registers(account, f"Player {number}", phone)
    elif what == "asks":
        await club.asks(account, phone)
