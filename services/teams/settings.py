"""What the teams process reads from its environment."""

from pydantic import Field, SecretStr

from services.chassis.imports import ImportSettings
from services.chassis.setting_groups import (
    CacheSettings,
    GrpcSettings,
    OpsSettings,
    StoreSettings,
)


class TeamsSettings(OpsSettings, GrpcSettings, StoreSettings, CacheSettings, ImportSettings):
    """The teams service."""

    users_addr: str = Field(min_length=1)
    """gRPC target of users: dns:///users:50051, ipv4:127.0.0.1:50051."""

    invitation_key: SecretStr = SecretStr("")
    """Any long random text, the same in every replica. With it nobody can make an invitation's
    token from what the database holds. Unset: who reads the database can, for 48 hours after the
    link was made. Changed: a link asked for again under the same request id is a dead one."""

    cache_ttl: float = Field(default=30.0, gt=0, le=300)
    """Seconds a roster may be served from the cache. Changes leave it at once, unless the cache
    misses them; then this bounds how long a new member takes to show."""


class WorkerSettings(OpsSettings, StoreSettings, CacheSettings):
    """`python -m services.teams.worker`."""

    sender_addr: str = Field(min_length=1)
    """gRPC target of the sender, which takes the notices."""

    users_addr: str = Field(min_length=1)
    """gRPC target of users, who tells whom to erase."""
