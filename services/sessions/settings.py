"""What the sessions processes read from their environment."""

from zoneinfo import available_timezones

from pydantic import Field, field_validator

from services.chassis.imports import ImportSettings
from services.chassis.setting_groups import (
    CacheSettings,
    GrpcSettings,
    OpsSettings,
    StoreSettings,
)


class SessionsSettings(OpsSettings, GrpcSettings, StoreSettings, CacheSettings, ImportSettings):
    """`python -m services.sessions`."""

    users_addr: str
    """gRPC target of users, who is asked for roles."""

    teams_addr: str
    """gRPC target of teams, who is asked for rosters."""

    timezone: str = "Asia/Tashkent"
    """IANA zone of venues that are made without one."""

    refund_hours: float = Field(default=3.0, ge=0, le=168)
    """Who leaves at least so many hours before the start gets money and coupons back."""

    organizer_name: str = Field(default="", max_length=64)
    """Who is paid where a session's organiser has set nothing."""

    organizer_requisites: str = Field(default="", max_length=300)
    """Card, account or link of theirs."""

    board_cache_seconds: float = Field(default=30.0, gt=0, le=300)
    """How long a card or the list may be shown from the cache. A change makes it a miss at once;
    this bounds what is seen when the cache could not be told."""

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return _known_zone(name)


class WorkerSettings(OpsSettings, StoreSettings, CacheSettings):
    """`python -m services.sessions.worker`."""

    sender_addr: str
    """gRPC target of the sender, which takes the notices."""

    users_addr: str
    """gRPC target of users, who tells whom a broadcast goes to, and whom to erase."""

    teams_addr: str
    """gRPC target of teams, who tells who leads a team whose captain is erased."""

    timezone: str = "Asia/Tashkent"
    """IANA zone of the league: whose night is respected by what goes to everybody."""

    remind_hours: float = Field(default=5.0, gt=0, le=24)
    """How many hours before the start people are reminded, besides the day before."""

    refund_hours: float = Field(default=3.0, ge=0, le=168)
    """Who is erased at least so many hours before the start gets money and coupons back."""

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return _known_zone(name)


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("no such IANA time zone")
    return name
