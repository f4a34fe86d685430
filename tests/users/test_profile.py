"""What people do with their profiles and roles, on people in memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.users.domain import profile, roles
from services.users.domain.languages import guessed_language
from services.users.domain.limits import page_size, user_id, user_ids
from services.users.domain.profile import Details
from services.users.domain.refusals import (
    AgeInvalid,
    ContactNotOwn,
    IdInvalid,
    NotAllowed,
    NotRegistered,
    PageSizeInvalid,
    PhoneInvalid,
    PhoneNotAccepted,
    ShirtNumberInvalid,
    TooManyIds,
    UserNotFound,
)
from services.users.domain.user import (
    Language,
    Position,
    Role,
    TelegramId,
    Topic,
    User,
    UserId,
)
from tests.fakes.memory_users import MemoryPeople
from tests.users.meeting import met

ADMINS = frozenset({TelegramId(900)})
NOBODY = UserId(404)


async def registered(people: MemoryPeople, telegram_id: int) -> User:
    user = await met(people, TelegramId(telegram_id), Language.UZ)
    await profile.set_name(people, user.id, f"Player {telegram_id}")
    phone = f"+99890{telegram_id:07}"
    return await profile.set_phone(people, user.id, phone, TelegramId(telegram_id))


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ru-RU", "ru"),
        ("uz", "uz"),
        ("EN_us", "en"),
        ("uz-Latn-UZ", "uz"),
        ("de", "uz"),
        ("", "uz"),
    ],
)
def test_the_language_is_guessed_from_telegrams_code(code: str, language: str) -> None:
    assert guessed_language(code, Language.UZ) == language


async def test_the_same_account_is_the_same_person() -> None:
    people = MemoryPeople()
    first = await met(people, TelegramId(1), Language.RU)
    assert await met(people, TelegramId(1), Language.EN) == first
    assert not first.language_chosen


async def test_a_chosen_language_is_told_from_a_guess() -> None:
    people = MemoryPeople()
    user = await met(people, TelegramId(1), Language.RU)
    chosen = await profile.set_language(people, user.id, Language.RU)
    assert chosen.language_chosen
    assert people.users[user.id] == chosen


async def test_a_name_and_an_own_phone_make_a_person_registered() -> None:
    people = MemoryPeople()
    assert not (await met(people, TelegramId(7), Language.UZ)).is_registered
    assert (await registered(people, 7)).is_registered


@pytest.mark.parametrize("contact", [8, 0, -7])
async def test_only_ones_own_contact_counts(contact: int) -> None:
    people = MemoryPeople()
    user = await met(people, TelegramId(7), Language.UZ)
    with pytest.raises(ContactNotOwn):
        await profile.set_phone(people, user.id, "+998901234567", TelegramId(contact))
    assert not people.users[user.id].phone


async def test_a_phone_belongs_to_one_account_and_the_refusal_tells_nothing() -> None:
    people = MemoryPeople()
    first = await registered(people, 1)
    second = await registered(people, 2)
    with pytest.raises(PhoneNotAccepted) as refusal:
        await profile.set_phone(people, second.id, first.phone, second.telegram_id)
    assert refusal.value.details == {}
    assert people.users[second.id] == second


async def test_a_bad_phone_leaves_the_old_one() -> None:
    people = MemoryPeople()
    user = await registered(people, 1)
    with pytest.raises(PhoneInvalid):
        await profile.set_phone(people, user.id, "one two", user.telegram_id)
    assert people.users[user.id] == user


async def test_nobody_has_no_profile() -> None:
    people = MemoryPeople()
    with pytest.raises(UserNotFound):
        await profile.set_name(people, NOBODY, "Ali")
    with pytest.raises(UserNotFound):
        await profile.set_language(people, NOBODY, Language.EN)
    assert not await profile.set_reachable(people, TelegramId(404), False)


async def test_who_blocks_the_bot_is_unreachable_until_he_comes_back() -> None:
    people = MemoryPeople()
    user = await registered(people, 1)
    for reachable in (False, True):
        assert await profile.set_reachable(people, user.telegram_id, reachable)
        assert people.users[user.id].reachable is reachable


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
async def test_an_age_and_a_number_are_what_players_have_or_nothing_changes(
    age: int, number: int
) -> None:
    people = MemoryPeople()
    user = await registered(people, 1)
    told = Details(age=age, shirt_number=number)
    if (age == 0 or 5 <= age <= 99) and 0 <= number <= 25:
        edited = await profile.edit(people, user.id, told)
        assert (edited.age, edited.shirt_number) == (age, number)
    else:
        with pytest.raises((AgeInvalid, ShirtNumberInvalid)):
            await profile.edit(people, user.id, told)
        assert people.users[user.id] == user


parts = st.one_of(
    st.builds(Details, age=st.sampled_from([0, 5, 99])),
    st.builds(Details, position=st.sampled_from(Position)),
    st.builds(Details, shirt_number=st.sampled_from([0, 1, 25])),
)


@given(st.lists(parts, max_size=6))
async def test_each_detail_stays_as_it_was_told_last(edits: list[Details]) -> None:
    people = MemoryPeople()
    user = await registered(people, 1)
    for details in edits:
        user = await profile.edit(people, user.id, details)
    for name, untold in (("age", 0), ("position", Position.UNTOLD), ("shirt_number", 0)):
        told = [part for edit in edits if (part := getattr(edit, name)) is not None]
        assert getattr(user, name) == (told[-1] if told else untold)


@given(st.lists(st.tuples(st.sampled_from(Topic), st.booleans()), max_size=12))
async def test_a_topic_is_as_it_was_switched_last(switches: list[tuple[Topic, bool]]) -> None:
    people = MemoryPeople()
    user = await registered(people, 1)
    for topic, muted in switches:
        user = await profile.mute(people, user.id, topic, muted)
    last = dict(switches)
    assert user.muted == {topic for topic in last if last[topic]}
    assert people.users[user.id] == user


async def test_an_admin_appoints_and_removes_and_the_log_knows() -> None:
    people = MemoryPeople()
    admin, player = await registered(people, 900), await registered(people, 1)
    for _ in range(2):
        appointed = await roles.appoint_organiser(people, ADMINS, admin.id, player.id)
    assert appointed.role(ADMINS) == Role.ORGANISER
    for _ in range(2):
        removed = await roles.remove_organiser(people, ADMINS, admin.id, player.id)
    assert removed.role(ADMINS) == Role.PLAYER
    assert people.audit == [
        (admin.id, "role.appoint", player.id, ""),
        (admin.id, "role.remove", player.id, ""),
    ]


@pytest.mark.parametrize("change", [roles.appoint_organiser, roles.remove_organiser])
async def test_only_admins_change_roles(change: roles.Change) -> None:
    people = MemoryPeople()
    admin, player = await registered(people, 900), await registered(people, 1)
    organiser = await registered(people, 2)
    await roles.appoint_organiser(people, ADMINS, admin.id, organiser.id)
    for actor in (player.id, organiser.id, NOBODY):
        with pytest.raises(NotAllowed):
            await change(people, ADMINS, actor, player.id)
    assert len(people.audit) == 1


async def test_an_organiser_must_exist_and_be_registered() -> None:
    people = MemoryPeople()
    admin = await registered(people, 900)
    stranger = await met(people, TelegramId(2), Language.UZ)
    with pytest.raises(NotRegistered):
        await roles.appoint_organiser(people, ADMINS, admin.id, stranger.id)
    with pytest.raises(UserNotFound):
        await roles.appoint_organiser(people, ADMINS, admin.id, NOBODY)


async def test_an_admin_stays_one_whatever_is_done_in_the_chat() -> None:
    people = MemoryPeople()
    admin = await registered(people, 900)
    for change in (roles.appoint_organiser, roles.remove_organiser):
        assert (await change(people, ADMINS, admin.id, admin.id)).role(ADMINS) == Role.ADMIN
    assert people.users[admin.id].stored_role == Role.PLAYER
    assert admin.role(frozenset()) == Role.PLAYER


@given(st.integers())
def test_ids_are_what_a_person_can_have(number: int) -> None:
    if 0 < number < 2**63:
        assert user_id(number) == number
    else:
        with pytest.raises(IdInvalid):
            user_id(number)


def test_one_call_takes_a_hundred_ids_and_each_once() -> None:
    assert user_ids([2, 1, 2]) == (2, 1)
    with pytest.raises(TooManyIds):
        user_ids(range(1, 102))


@given(st.integers())
def test_a_page_has_a_length_between_one_and_twenty(number: int) -> None:
    if 0 <= number <= 20:
        assert page_size(number) == (number or 10)
    else:
        with pytest.raises(PageSizeInvalid):
            page_size(number)
