"""What a person tells of himself and which notices he wants, over real gRPC and Postgres."""

from __future__ import annotations

from typing import Any

import pytest
from fotbot.common.v1 import topic_pb2
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis import consistency
from services.chassis.errors import RemoteRefusal
from tests.users.town import Town


def refused(reason: str) -> pytest.RaisesExc[RemoteRefusal]:
    """The call is refused for this reason."""
    return pytest.RaisesExc(RemoteRefusal, check=lambda refusal: refusal.reason == reason)


async def edits(town: Town, user_id: int, **details: Any) -> user_pb2.User:
    request = wire.EditProfileRequest(write=town.write(user_id), **details)
    user: user_pb2.User = (await town.stub.EditProfile(request)).user
    return user


async def mutes(
    town: Town, user_id: int, topic: topic_pb2.Topic.ValueType, muted: bool = True
) -> user_pb2.User:
    request = wire.MuteTopicRequest(write=town.write(user_id), topic=topic, muted=muted)
    user: user_pb2.User = (await town.stub.MuteTopic(request)).user
    return user


async def test_what_is_not_set_stays_and_zero_takes_away(town: Town) -> None:
    user = await town.registered()
    with consistency.positions():
        await edits(town, user.id, age=27, position=user_pb2.POSITION_FORWARD, shirt_number=25)
        await edits(town, user.id, age=0)
        seen = await town.seen(user.telegram_id)
        assert (seen.age, seen.position, seen.shirt_number) == (0, user_pb2.POSITION_FORWARD, 25)
        await edits(town, user.id, position=user_pb2.POSITION_UNSPECIFIED, shirt_number=0)
        seen = await town.seen(user.telegram_id)
    assert (seen.age, seen.position, seen.shirt_number) == (0, 0, 0)


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"age": 4}, "AGE_INVALID"),
        ({"age": 100}, "AGE_INVALID"),
        ({"age": -(2**31)}, "AGE_INVALID"),
        ({"shirt_number": 26}, "SHIRT_NUMBER_INVALID"),
        ({"shirt_number": -1}, "SHIRT_NUMBER_INVALID"),
        ({"position": 99}, "POSITION_INVALID"),
    ],
)
async def test_what_no_player_has_is_refused_and_nothing_else_of_it_is_kept(
    town: Town, details: dict[str, Any], reason: str
) -> None:
    user = await town.registered()
    with refused(reason):
        await edits(town, user.id, **{"age": 30, "shirt_number": 9, **details})
    seen = await town.seen(user.telegram_id)
    assert (seen.age, seen.shirt_number) == (0, 0)


async def test_others_see_the_number_and_the_position_but_neither_age_nor_phone(
    town: Town,
) -> None:
    user = await town.registered("Ali")
    with consistency.positions():
        await edits(town, user.id, age=27, position=user_pb2.POSITION_DEFENDER, shirt_number=4)
        answer = await town.stub.ListPeople(wire.ListPeopleRequest(user_ids=[user.id]))
    assert list(answer.people) == [
        user_pb2.Person(
            id=user.id,
            name="Ali",
            role=user_pb2.ROLE_PLAYER,
            shirt_number=4,
            position=user_pb2.POSITION_DEFENDER,
        )
    ]


async def test_nobody_has_nothing_to_edit_or_to_mute(town: Town) -> None:
    with refused("USER_NOT_FOUND"):
        await edits(town, 2**60, age=27)
    with refused("USER_NOT_FOUND"):
        await mutes(town, 2**60, topic_pb2.TOPIC_TEAMS)


async def test_the_sender_learns_which_topics_are_muted(town: Town) -> None:
    user = await town.registered()
    with consistency.positions():
        for topic in (topic_pb2.TOPIC_TEAMS, topic_pb2.TOPIC_REMINDERS, topic_pb2.TOPIC_TEAMS):
            await mutes(town, user.id, topic)
        await mutes(town, user.id, topic_pb2.TOPIC_TEAMS, muted=False)
        changed = await mutes(town, user.id, topic_pb2.TOPIC_BROADCASTS)
        request = wire.ListRecipientsRequest(user_ids=[user.id])
        [recipient] = (await town.stub.ListRecipients(request)).recipients
    wanted = [topic_pb2.TOPIC_REMINDERS, topic_pb2.TOPIC_BROADCASTS]
    assert list(recipient.muted_topics) == list(changed.muted_topics) == wanted


@pytest.mark.parametrize("topic", [0, 6, 99])
async def test_a_topic_of_nothing_is_refused(town: Town, topic: topic_pb2.Topic.ValueType) -> None:
    user = await town.seen()
    with refused("TOPIC_INVALID"):
        await mutes(town, user.id, topic)


async def test_a_broadcast_finds_each_registered_and_reachable_person_once_by_page(
    town: Town,
) -> None:
    with consistency.positions():
        members = [(await town.registered()).id for _ in range(5)]
        stranger, gone = await town.seen(), await town.registered()
        blocked = wire.SetReachableRequest(telegram_id=gone.telegram_id, reachable=False)
        await town.stub.SetReachable(blocked)
        first = await town.stub.ListReachable(wire.ListReachableRequest(page_size=2))
        found, page = list(first.user_ids), first
        while page.user_ids:
            request = wire.ListReachableRequest(after_id=found[-1], page_size=2)
            page = await town.stub.ListReachable(request)
            found += page.user_ids
    assert found == sorted(set(found)) and first.total == len(found)
    assert set(members) <= set(found)
    assert not {stranger.id, gone.id} & set(found)
    for size in (-1, 1001):
        with refused("PAGE_SIZE_INVALID"):
            await town.stub.ListReachable(wire.ListReachableRequest(page_size=size))
    with refused("ID_INVALID"):
        await town.stub.ListReachable(wire.ListReachableRequest(after_id=-1))
