"""Invitation tokens."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.teams.domain.invitations import Seed, fingerprint, new_seed, token_from
from services.teams.domain.refusals import InvitationInvalid

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@given(st.binary(max_size=64))
def test_a_token_is_22_characters_and_comes_again_from_its_seed(key: bytes) -> None:
    seed = new_seed()
    token = token_from(seed, key)
    assert TOKEN.fullmatch(token)
    assert token_from(seed, key) == token
    assert len(fingerprint(token)) == 32


def test_seeds_do_not_repeat_and_are_no_tokens() -> None:
    seeds = {new_seed() for _ in range(1000)}
    tokens = {token_from(seed, b"key") for seed in seeds}
    assert len(seeds | tokens) == 2000


def test_without_the_key_the_seed_does_not_give_the_token() -> None:
    seed = Seed("A" * 22)
    assert token_from(seed, b"key") != token_from(seed, b"other")


@given(st.text())
def test_what_cannot_be_a_token_is_refused(text: str) -> None:
    if TOKEN.fullmatch(text):
        return
    with pytest.raises(InvitationInvalid):
        fingerprint(text)


@pytest.mark.parametrize("text", ["", "A" * 21, "A" * 23, "A" * 22 + "\n", "Ａ" * 22, "A" * 10**6])
def test_almost_tokens_are_refused(text: str) -> None:
    with pytest.raises(InvitationInvalid):
        fingerprint(text)
