"""compose.yaml brought up from nothing, and an evening played through its TLS proxy."""

from __future__ import annotations

import asyncio
import io
import json
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
import pytest_asyncio

from services.local.ports import free_port
from tests.compose.docker import compose_command, docker
from tests.compose.telegram_beside import TOKEN, Beside, telegram_beside, told
from tests.e2e import test_evening
from tests.e2e.city import ADMINS, City
from tests.eventually import eventually

ROOT = Path(__file__).parents[2]
PROJECT = "fotbottest"
ROLES = ("gateway", "sender", "users", "sessions", "teams", "sessions-worker", "teams-worker")

pytestmark = [pytest.mark.compose, pytest.mark.timeout(3600)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """The running project."""

    environ: dict[str, str]
    telegram: Beside
    webhook: str
    trusting: ssl.SSLContext

    async def compose(self, *arguments: str) -> str:
        return await compose(self.environ, *arguments)

    async def inspected(self, service: str) -> Any:
        container = (await self.compose("ps", "-q", service)).strip()
        return json.loads(await told("docker", "inspect", container, env=self.environ))[0]


async def compose(environ: dict[str, str], *arguments: str) -> str:
    command = (*compose_command(), "-f", str(ROOT / "compose.yaml"), "-p", PROJECT)
    return await told(*command, *arguments, env=environ, timeout=1800)


@pytest_asyncio.fixture(scope="module")
async def composed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Composed]:
    data = tmp_path_factory.mktemp("compose")
    async with docker(data / "docker-logs") as environ:
        bridge = json.loads(await told("docker", "network", "inspect", "bridge", env=environ))
        host = bridge[0]["IPAM"]["Config"][0]["Gateway"]
        port = free_port()
        webhook = f"https://localhost:{port}/telegram/webhook"
        environ |= {
            "ADMIN_TG_IDS": ADMINS,
            "BASE": await _base(environ),
            "BOT_TOKEN": TOKEN,
            "HTTPS_PORT": f"127.0.0.1:{port}",
            "SECRETS": str(data / "secrets"),
            "SEND_CHAT_RATE_MAX": "0",
            "SEND_RATE_MAX": "0",
            "WEBHOOK_URL": webhook,
        }
        await told("sh", str(ROOT / "k8s/compose/prepare.sh"), env=environ)
        await compose(environ, "down", "-v", "--remove-orphans")
        begun = time.monotonic()
        # IMAGE names one that is there already, and so are the stores' then.
        await compose(environ, *(("config", "-q") if "IMAGE" in environ else ("build",)))
        built = time.monotonic()
        try:
            certificate = data / "proxy.pem"
            certificate.write_text(await certificate_of(environ))
            trusting = {"SSL_CERT_FILE": str(certificate)}
            async with telegram_beside(data, host, ADMINS, trusting) as telegram:
                environ["TELEGRAM_API_URL"] = telegram.address
                await compose(environ, "up", "-d")
                print(f"\nbuilt in {built - begun:.0f} s, up in {time.monotonic() - built:.0f} s")
                context = ssl.create_default_context(cafile=str(certificate))
                yield Composed(
                    environ=environ, telegram=telegram, webhook=webhook, trusting=context
                )
        finally:
            (data / "compose.log").write_text(await compose(environ, "logs", "--no-color"))
            await compose(environ, "down", "-v", "--remove-orphans", "-t", "5")


async def certificate_of(environ: dict[str, str]) -> str:
    """What the proxy shows, made if it is not there yet."""
    said = await compose(environ, "run", "--rm", "--no-deps", "-T", "proxy", "certificate")
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    return f"{begin}{said.split(begin)[1].split(end)[0]}{end}\n"


async def _base(environ: dict[str, str]) -> str:
    """A Debian that is here already, or the registry's."""
    here = await told("docker", "images", "-q", "fotbot-base:bookworm", env=environ)
    return "fotbot-base:bookworm" if here.strip() else "debian:bookworm-slim"


async def test_an_evening_is_played_through_the_tls_proxy(composed: Composed) -> None:
    command = ("exec", "-T", "sender", "python", "-m", "services.gateway.sender.webhook")
    assert composed.webhook in await composed.compose(*command, "set")
    begun = time.monotonic()
    city = cast(City, composed.telegram)
    await test_evening.test_an_evening_from_onboarding_to_promotion(city, "uz")
    print(f"\nan evening in {time.monotonic() - begun:.1f} s")
    told_of = await composed.compose(*command, "info")
    assert f"updates go to {composed.webhook}\n" in told_of and "waiting: 0" in told_of


async def test_the_proxy_lets_nothing_through_but_the_webhook(composed: Composed) -> None:
    base = composed.webhook.removesuffix("/telegram/webhook")
    async with aiohttp.ClientSession() as http:

        async def status(method: str, path: str, **more: Any) -> int:
            url = f"{base}{path}"
            async with http.request(method, url, ssl=composed.trusting, **more) as response:
                return response.status

        assert await status("POST", "/telegram/webhook", json={"update_id": 1}) in (401, 403, 404)
        assert await status("GET", "/telegram/webhook") == 405
        for path in ("/", "/metrics", "/readyz", "/telegram/webhook/", "/telegram/webhook/../x"):
            assert await status("POST", path) == 404
        assert await status("POST", "/telegram/webhook", data=io.BytesIO(b"x" * 1_100_000)) == 413


async def test_every_role_runs_without_root_rights_or_a_writable_disk(composed: Composed) -> None:
    for service in (*ROLES, "proxy", "postgres", "postgres-standby", "valkey-1"):
        found = await composed.inspected(service)
        assert found["Config"]["User"] == "65532:65532", service
        assert found["HostConfig"]["ReadonlyRootfs"], service
        assert found["HostConfig"]["CapDrop"] == ["ALL"], service
        assert "no-new-privileges:true" in found["HostConfig"]["SecurityOpt"], service
        assert TOKEN not in json.dumps(found), service


async def test_the_token_is_only_where_it_is_needed(composed: Composed) -> None:
    for service in ROLES:
        mounts = [mount["Destination"] for mount in (await composed.inspected(service))["Mounts"]]
        assert ("/run/secrets/bot-token" in mounts) == (service == "sender")


async def test_reads_come_from_the_standby(composed: Composed) -> None:
    ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9090/metrics').read())"
    metrics = await composed.compose("exec", "-T", "sessions", "python", "-c", ask)
    assert 'fotbot_database_reads_total{server="replica' in metrics


async def test_only_the_sender_and_the_proxy_have_a_way_out(composed: Composed) -> None:
    """A network that is internal leads nowhere but to its own containers and this machine."""
    for service in (*ROLES, "proxy", "postgres", "valkey-1"):
        found = await composed.inspected(service)
        names = found["NetworkSettings"]["Networks"]
        told_of = await told("docker", "network", "inspect", *names, env=composed.environ)
        leads_out = not all(network["Internal"] for network in json.loads(told_of))
        assert leads_out == (service in ("sender", "proxy")), service


async def test_a_store_that_starts_again_is_found_again(composed: Composed) -> None:
    """Every node of the cache together, and the primary: they may all have other addresses then."""
    nodes = ("valkey-1", "valkey-2", "valkey-3")
    await composed.compose("kill", *nodes, "postgres")
    await composed.compose("up", "-d", "--no-deps", *nodes, "postgres")

    async def whole() -> bool:
        states = [(await composed.inspected(one))["State"] for one in (*nodes, "postgres")]
        return all(state["Health"]["Status"] == "healthy" for state in states)

    await eventually(whole, seconds=120, every=1.0)
    await asyncio.wait_for(
        test_evening.test_an_evening_from_onboarding_to_promotion(
            cast(City, composed.telegram), "en"
        ),
        240,
    )
