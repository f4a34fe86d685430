"""Where processes know each other by certificate, sessions knows the operator, and only as that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from k8s.bot_operator.observed import Problem
from k8s.bot_operator.openings import SessionsOpenings
from k8s.bot_operator.settings import OperatorSettings
from services.chassis import identity
from services.chassis.server import serving
from services.chassis.settings import SettingsError, load
from tests.chassis.certifying import DOMAIN, Authority, mount, spiffe
from tests.chassis.certifying import identity as certified
from tests.k8s.operator.world import SERVICE, Sessions, register

OURS = Authority("ours")


@asynccontextmanager
async def shown_as(folder: Path, role: str) -> AsyncIterator[None]:
    """The operator's settings in a pod with this role's certificate."""
    mount(folder / role, OURS.issue(spiffe(role)), OURS)
    files = {"CERT": "tls.crt", "KEY": "tls.key", "CA": "ca.crt"}
    env = {f"TLS_{name}_FILE": str(folder / role / file) for name, file in files.items()}
    given = {"POD_NAMESPACE": "football", "TLS_TRUST_DOMAIN": DOMAIN}
    identity.present(identity.from_settings(load(OperatorSettings, env | given)))
    try:
        yield
    finally:
        identity.present(None)


async def asked(address: str) -> object:
    now = datetime.now(UTC)
    async with SessionsOpenings.open(address, call_seconds=2.0) as openings:
        return await openings.between(now, now + timedelta(hours=1))


@pytest.mark.parametrize(("role", "is_let_in"), [("operator", True), ("teams", False)])
async def test_sessions_tells_the_operator_what_opens_and_nobody_else(
    tmp_path: Path, role: str, is_let_in: bool
) -> None:
    sessions = Sessions()
    sessions.opens(300, minutes=5)
    served = certified(tmp_path, "sessions", OURS)
    async with (
        serving(register(sessions), [SERVICE], identity=served) as address,
        shown_as(tmp_path, role),
    ):
        answer = await asked(address)
    assert isinstance(answer, Problem) != is_let_in


def test_half_an_identity_is_refused_at_the_start() -> None:
    env = {"POD_NAMESPACE": "football", "TLS_CERT_FILE": "/run/tls/tls.crt"}
    with pytest.raises(SettingsError, match="TLS_KEY_FILE"):
        load(OperatorSettings, env)
