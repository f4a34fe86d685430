"""What the operator is told by its environment."""

from pathlib import Path

from pydantic import Field

from services.chassis.setting_groups import OpsSettings


class OperatorSettings(OpsSettings):
    """One namespace, one Bot API, one release of the system."""

    pod_namespace: str = Field(min_length=1)
    """The namespace whose TelegramBots are looked after; the one that kopf is told."""

    telegram_api_url: str = Field(default="https://api.telegram.org", pattern=r"^https?://\S+$")
    """The public Bot API, a self-hosted server, or the local Telegram."""

    sessions_addr: str | None = None
    """gRPC target of sessions, which knows when registration opens. Unset: no prescaling."""

    gateway_pods: str = "app.kubernetes.io/name=fotbot,app.kubernetes.io/component=gateway"
    """Label selector of the gateways that must accept a secret before Telegram has it."""

    gateway_ops_port: int = Field(default=9090, ge=1, le=65535)
    """Where a gateway tells which secrets it accepts."""

    reconcile_seconds: float = Field(default=30.0, ge=0.2, le=3600)
    """Between two looks at a bot when nothing happens."""

    profile_seconds: float = Field(default=600.0, ge=0.2, le=86400)
    """The same for its commands and descriptions, which take a call each."""

    watch_check_seconds: float = Field(default=30.0, ge=0.2, le=3600)
    """Between two comparisons of what the watch told with what the API server lists."""

    watch_grace_seconds: float = Field(default=120.0, ge=0.5, le=3600)
    """How long the watch may owe something before the process counts as dead."""

    at_once: int = Field(default=8, ge=1, le=100)
    """Bots looked at at the same time."""

    service_account: Path = Path("/var/run/secrets/kubernetes.io/serviceaccount")
    """Where the kubelet keeps the account's token fresh."""
