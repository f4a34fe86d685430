"""A person of the wire, as the gateway knows him."""

from fotbot.common.v1 import topic_pb2
from fotbot.users.v1 import user_pb2
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.calls import Role
from services.gateway.persons import POSITIONS, TOPICS, person_from

numbers = st.integers(0, 2**31 - 1)


@given(numbers, numbers, numbers, st.lists(numbers, max_size=8))
def test_what_a_newer_wire_says_is_taken_for_what_this_gateway_knows(
    language: int, role: int, position: int, topics: list[int]
) -> None:
    user = user_pb2.User(language=language, role=role, position=position, muted_topics=topics)
    person = person_from(user, "ru")
    assert person.language == {1: "uz", 2: "ru", 3: "en"}.get(language, "ru")
    assert person.role == (role if role in set(Role) else Role.PLAYER)
    assert person.position in {"", *POSITIONS}
    assert person.muted == {name for name, wire in TOPICS.items() if wire in topics}


def test_every_position_and_topic_of_the_wire_is_known() -> None:
    assert {0, *POSITIONS.values()} == set(user_pb2.Position.values())
    assert {0, *TOPICS.values()} == set(topic_pb2.Topic.values())
