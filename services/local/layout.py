"""The whole system as data: which process runs with which command, environment and ports.

How processes are kept alive is the supervisor's, the stores bring their own.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from services.local.pools import pool_sizes
from services.local.process import LOOPBACK, Process, answers_http
from services.local.roles import MIGRATIONS, Role
from services.local.stores.postgres_schemas import Database

OURS = frozenset({"BOT_TOKEN", "WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS", "WEBHOOK_URL"})
"""Not handed on as they stand: each process is given what it is entitled to."""

OURS_BEGIN = ("DATABASE_", "REDIS_URL", "LOCAL_")


LOCAL_BOT = "1000000001:local-telegram-knows-only-this-bot"
LOCAL_ADMIN = "1001"

PURPOSE = {"GRPC_PORT": "grpc", "OPS_PORT": "ops", "HTTP_PORT": "http"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Everything that the processes' environments are made of."""

    environ: Mapping[str, str]
    """Of the supervisor; the options in it are handed on."""
    database: Database
    redis_url: str
    webhook_secret: str
    data: str
    """The folder that is kept, for the local Telegram's file."""
    bot_token: str | None = None
    """None: the local Telegram is served, else the real one."""
    roles: tuple[Role, ...]
    telegram_port: int

    def services(self) -> tuple[Process, ...]:
        """The product's own processes."""
        return tuple(map(self._service, self.roles))

    def telegram(self) -> Process:
        """Where updates come from: the local Telegram, or the poller of the real one."""
        return self._local_telegram() if self.bot_token is None else self._poller()

    def migrations(self) -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
        """Command and environment by schema."""
        return {
            schema: (
                _python(module),
                {**self._options(), "DATABASE_MIGRATOR_URL": self.database.migrator_url(schema)},
            )
            for schema, module in MIGRATIONS.items()
        }

    @property
    def webhook_url(self) -> str:
        """Where the gateway takes updates."""
        return f"http://{LOOPBACK}:{self._port('gateway', 'HTTP_PORT')}/telegram/webhook"

    @property
    def telegram_api_url(self) -> str:
        """The Bot API that this system talks to."""
        if self.bot_token is None:
            return f"http://{LOOPBACK}:{self.telegram_port}"
        return self.environ.get("TELEGRAM_API_URL") or "https://api.telegram.org"

    @property
    def ports(self) -> dict[str, tuple[int, ...]]:
        """Every port of the services and of Telegram, by process."""
        taken = {role.name: tuple(role.ports.values()) for role in self.roles}
        return taken if self.bot_token else {**taken, "telegram": (self.telegram_port,)}

    def _service(self, role: Role) -> Process:
        return Process(
            name=role.name,
            command=_python(role.module),
            env=self._environment(role),
            ports={PURPOSE[name]: port for name, port in role.ports.items()},
            ready=answers_http(role.ports["OPS_PORT"]),
        )

    def _environment(self, role: Role) -> dict[str, str]:
        env = {**self._options(), "REDIS_URL": self.redis_url, "WEBHOOK_URL": self.webhook_url}
        env |= {name: str(port) for name, port in role.ports.items()}
        env |= {f"{name.upper()}_ADDR": self._target(name) for name in role.calls}
        if role.schema:
            env["DATABASE_POOL_MAX"] = str(pool_sizes(self.roles, self.environ)[role.name])
            env["DATABASE_URL"] = self.database.url(role.schema)
            env["DATABASE_REPLICA_URL"] = self.database.replica_url(role.schema)
        if role.holds_token:
            env |= self._bot()
        if role.holds_webhook_secret:
            env["WEBHOOK_SECRET"] = self.webhook_secret
        return env

    def _options(self) -> dict[str, str]:
        """What the person who starts it may set, and what holds for everybody."""
        given = {
            name: value
            for name, value in self.environ.items()
            if name.removesuffix("_FILE") not in OURS and not name.startswith(OURS_BEGIN)
        }
        # Only who is on this machine reaches it here, and `make move-in` has to.
        given.setdefault("IMPORT_ENABLED", "true")
        if self.bot_token is None and not given.get("ADMIN_TG_IDS"):
            given["ADMIN_TG_IDS"] = LOCAL_ADMIN
        return {
            **given,
            "LISTEN_HOST": LOOPBACK,
            "PYTHONUNBUFFERED": "1",
            # Nobody else routes calls to these processes, so there is nobody to wait for.
            "DRAIN_SECONDS": "0",
        }

    def _bot(self) -> dict[str, str]:
        return {
            "BOT_TOKEN": self.bot_token or LOCAL_BOT,
            "TELEGRAM_API_URL": self.telegram_api_url,
        }

    def _local_telegram(self) -> Process:
        return Process(
            name="telegram",
            command=_python("services.local.telegram"),
            env={
                **self._options(),
                **self._bot(),
                "WEBHOOK_URL": self.webhook_url,
                "WEBHOOK_SECRET": self.webhook_secret,
                "LOCAL_TELEGRAM_PORT": str(self.telegram_port),
                "LOCAL_TELEGRAM_DATA": f"{self.data}/telegram.sqlite",
                "LOCAL_TELEGRAM_LIMITS": self.environ.get("LOCAL_TELEGRAM_LIMITS", "on"),
            },
            ports={"chat page": self.telegram_port},
            ready=answers_http(self.telegram_port),
        )

    def _poller(self) -> Process:
        return Process(
            name="poller",
            command=_python("services.local.poller"),
            env={
                **self._options(),
                **self._bot(),
                "WEBHOOK_URL": self.webhook_url,
                "WEBHOOK_SECRET": self.webhook_secret,
            },
            ready=_at_once,
        )

    def _target(self, name: str) -> str:
        return f"ipv4:{LOOPBACK}:{self._port(name, 'GRPC_PORT')}"

    def _port(self, name: str, variable: str) -> int:
        return next(role.ports[variable] for role in self.roles if role.name == name)


def _python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module)


async def _at_once() -> bool:
    """The poller listens nowhere; running is all there is to ask."""
    return True
