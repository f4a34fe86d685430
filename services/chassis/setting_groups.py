"""The settings that several roles share, to be mixed into a role's own."""

import re
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from services.chassis.settings import Settings

DSN = re.compile(r"https?://[^@/\s]+@[^@/\s]+/\S*\d+/?")


class TlsSettings(Settings):
    """Every process that calls or is called: who it is to the others. Unset: nobody is asked."""

    tls_cert_file: Path | None = None
    """PEM file with this process's certificate, which names it spiffe://.../ns/.../sa/<role>."""

    tls_key_file: Path | None = None
    """PEM file with the certificate's key. All three are read again when they change."""

    tls_ca_file: Path | None = None
    """PEM file with those who vouch for the others."""

    tls_trust_domain: str | None = None
    """The domain in everybody's names."""

    @field_validator(
        "tls_cert_file", "tls_key_file", "tls_ca_file", "tls_trust_domain", mode="before"
    )
    @classmethod
    def _is_set(cls, value: object) -> object:
        return value or None

    @model_validator(mode="after")
    def _are_all_or_none(self) -> Self:
        given = {
            "TLS_CERT_FILE": self.tls_cert_file,
            "TLS_KEY_FILE": self.tls_key_file,
            "TLS_CA_FILE": self.tls_ca_file,
            "TLS_TRUST_DOMAIN": self.tls_trust_domain,
        }
        missing = [name for name, value in given.items() if value is None]
        if 0 < len(missing) < len(given):
            raise ValueError(f"the TLS_* are set together, not set: {', '.join(missing)}")
        return self


class OpsSettings(TlsSettings):
    """Every process."""

    ops_port: int = Field(default=9090, ge=0, le=65535)
    """HTTP port of /metrics, /livez and /readyz; 0 lets the system choose."""

    listen_host: str = "0.0.0.0"  # noqa: S104 - in a cluster the neighbours must reach it
    """Which of the machine's addresses the ports are opened on; 127.0.0.1 keeps them inside."""

    drain_seconds: float = Field(default=5.0, ge=0, le=60)
    """Between turning unready and refusing calls: longer than endpoints take to spread."""

    sentry_dsn: SecretStr | None = None
    """Where errors are told, without anything personal. Unset or empty: nowhere."""

    sentry_environment: str = "production"
    """What tells this installation's errors from another's there."""

    @field_validator("sentry_dsn")
    @classmethod
    def _is_dsn(cls, dsn: SecretStr | None) -> SecretStr | None:
        given = dsn.get_secret_value() if dsn else ""
        if given and not DSN.fullmatch(given):
            raise ValueError("no address of the form https://key@host/project")
        return dsn if given else None


class GrpcSettings(Settings):
    """Every process that serves gRPC."""

    grpc_port: int = Field(default=50051, ge=0, le=65535)
    """Port of the services and the standard health service."""


class StoreSettings(Settings):
    """Every process that owns a schema."""

    database_url: SecretStr
    """Where writes go, postgresql://. No default: a guess here would lose data."""

    database_replica_url: SecretStr | None = None
    """Where reads go, comma-separated. Unset: they go to the primary."""

    database_pool_min: int = Field(default=1, ge=0)
    """Connections opened at the start, to the primary and to each replica."""

    database_pool_max: int = Field(default=10, ge=1)
    """Most connections, to the primary and to each replica."""

    database_replica_most_lag_seconds: float = Field(default=10.0, ge=1, le=3600)
    """A replica that shows older things than this is passed over until it has caught up."""

    database_replica_most_lag_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    """The same for the write-ahead log that it has not replayed."""


class CacheSettings(Settings):
    """Every process that uses the cluster."""

    redis_url: SecretStr
    """One or more seed nodes, comma-separated: redis://[user:password@]host:port."""
