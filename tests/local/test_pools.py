"""The pools of all processes together fit into Postgres, or nothing is started."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from services.local.pools import KEPT_FREE, VARIABLE, TooManyConnections, pool_sizes
from services.local.roles import ROLES
from services.local.stores.postgres_server import CONFIG, MAX_CONNECTIONS


def test_the_usual_pools_fit_into_the_server_that_is_started() -> None:
    sizes = pool_sizes(ROLES, {})
    assert set(sizes) == {role.name for role in ROLES if role.schema}
    assert sum(sizes.values()) <= MAX_CONNECTIONS - KEPT_FREE
    assert CONFIG["max_connections"] == str(MAX_CONNECTIONS)


def test_what_is_given_holds_for_every_process() -> None:
    assert set(pool_sizes(ROLES, {VARIABLE: "3"}).values()) == {3}


def test_pools_that_do_not_fit_are_refused_with_the_number_that_would() -> None:
    with pytest.raises(
        TooManyConnections, match=r"users 50 \+ .* = 300 .* to (\d+) or less"
    ) as told:
        pool_sizes(ROLES, {VARIABLE: "50"})
    fits = str(told.value).split(" or less")[0].rsplit(" ", 1)[1]
    assert pool_sizes(ROLES, {VARIABLE: fits})
    with pytest.raises(TooManyConnections):
        pool_sizes(ROLES, {VARIABLE: str(int(fits) + 1)})


@pytest.mark.parametrize("given", ["many", "-1", ""])
def test_what_is_no_number_is_refused(given: str) -> None:
    with pytest.raises(TooManyConnections, match="must be a number"):
        pool_sizes(ROLES, {VARIABLE: given})


async def test_make_run_says_so_before_it_starts_anything(tmp_path: Path) -> None:
    environ = {**os.environ, "LOCAL_DATA": str(tmp_path / "data"), "LOCAL_PORTS": "free"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.local"),
        env={**environ, VARIABLE: "500", "BOT_TOKEN": ""},
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert "= 3000 connections to Postgres" in errors.decode()
