"""A Prometheus of one's own on loopback: what it is told to scrape, how it is started and asked.

Series get the labels that the chart's PodMonitor gives them in a cluster.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.local.process import LOOPBACK, Process, answers_http
from services.local.roles import Role

NAMESPACE = "local"
SCRAPE_SECONDS = 2
RULES = Path(__file__).parents[3] / "helm/fotbot/alerts"
ASK_SECONDS = 10.0
HOW_TO_GET_IT = (
    "No Prometheus here. Debian, Ubuntu: apt-get install prometheus (the service it starts may be"
    " stopped); macOS: brew install prometheus; or https://prometheus.io/download/."
)

Sample = tuple[Mapping[str, str], float]


class NoAnswer(Exception):
    """Prometheus does not answer, or refuses the query; the message says why."""


def found() -> Path | None:
    """The program, if it is installed."""
    where = shutil.which("prometheus")
    return Path(where) if where else None


def configuration(roles: Iterable[Role], scrape_seconds: int = SCRAPE_SECONDS) -> str:
    """Its file. JSON is YAML too."""
    targets = [
        {
            "targets": [f"{LOOPBACK}:{role.ports['OPS_PORT']}"],
            "labels": {"namespace": NAMESPACE, "role": role.name, "pod": f"{role.name}-0"},
        }
        for role in roles
    ]
    every = f"{scrape_seconds}s"
    times = {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every}
    return json.dumps(
        {
            "global": times,
            "rule_files": [str(RULES / "*.yaml")],
            "scrape_configs": [{"job_name": "fotbot", "static_configs": targets}],
        },
        indent=1,
    )


def server(
    program: Path,
    data: Path,
    port: int,
    roles: Iterable[Role],
    scrape_seconds: int = SCRAPE_SECONDS,
) -> Process:
    """As a process to be supervised; `data` is its folder."""
    data.mkdir(parents=True, exist_ok=True)
    (data / "prometheus.json").write_text(configuration(roles, scrape_seconds))
    return Process(
        name="prometheus",
        command=(
            str(program),
            f"--config.file={data / 'prometheus.json'}",
            f"--storage.tsdb.path={data / 'series'}",
            "--storage.tsdb.retention.time=2d",
            f"--web.listen-address={LOOPBACK}:{port}",
            "--enable-feature=exemplar-storage",
            "--log.level=warn",
        ),
        env={},
        ports={"page": port},
        ready=answers_http(port, "/-/ready"),
    )


class Prometheus:
    """One that runs, by its address."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    async def query(self, expr: str) -> Sequence[Sample]:
        """The rows of an instant query: labels and value. Raises NoAnswer."""
        result = await self._ask("query", query=expr)
        if result["resultType"] == "scalar":
            return [({}, float(result["result"][1]))]
        return [(row["metric"], float(row["value"][1])) for row in result["result"]]

    async def exemplars(self, expr: str, start: float, end: float) -> Sequence[Mapping[str, Any]]:
        """The exemplars of an expression's series between two Unix times. Raises NoAnswer."""
        found = await self._ask("query_exemplars", query=expr, start=str(start), end=str(end))
        return [exemplar for series in found for exemplar in series["exemplars"]]

    async def rules(self) -> Mapping[str, Any]:
        """The groups of rules with each rule's state. Raises NoAnswer."""
        found: Mapping[str, Any] = await self._ask("rules")
        return found

    async def _ask(self, what: str, **parameters: str) -> Any:
        url = f"{self._url}/api/v1/{what}?{urllib.parse.urlencode(parameters)}"
        return await asyncio.to_thread(_fetched, url)


def _fetched(url: str) -> Any:
    try:
        with urllib.request.urlopen(url, timeout=ASK_SECONDS) as response:  # noqa: S310
            return json.load(response)["data"]
    except urllib.error.HTTPError as error:
        raise NoAnswer(error.read().decode(errors="replace")[:300]) from error
    except (OSError, ValueError) as error:
        raise NoAnswer(str(error)) from error
