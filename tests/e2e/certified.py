"""A city whose processes know each other by certificate, renewed again and again under its feet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from services.local.layout import Layout
from services.local.roles import ROLES, Role
from tests.chassis.certifying import DOMAIN, FILES, Authority, mount, spiffe

FOLDER = "TEST_CERTIFICATES"
"""The option that says where they are."""

RENEWED_EACH_SECONDS = 10.0


class CertifiedLayout(Layout):
    """Each role is given its own."""

    def _environment(self, role: Role) -> dict[str, str]:
        folder = Path(self.environ[FOLDER]) / role.name
        files = {name: str(folder / file) for name, file in FILES.items()}
        return {**Layout._environment(self, role), **files, "TLS_TRUST_DOMAIN": DOMAIN}


@asynccontextmanager
async def certified(folder: Path) -> AsyncIterator[dict[str, str]]:
    """Certificates for every role, renewed every few seconds; yields the option."""
    authority = Authority("the city's")
    _issue(folder, authority, ROLES)
    renewing = asyncio.create_task(_renew(folder, authority))
    try:
        yield {FOLDER: str(folder)}
    finally:
        renewing.cancel()


async def _renew(folder: Path, authority: Authority) -> None:
    while True:
        await asyncio.sleep(RENEWED_EACH_SECONDS)
        _issue(folder, authority, ROLES)


def _issue(folder: Path, authority: Authority, roles: Iterable[Role]) -> None:
    for role in roles:
        mount(folder / role.name, authority.issue(spiffe(role.name)), authority)
