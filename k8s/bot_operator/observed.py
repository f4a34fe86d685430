"""What is: read anew each time from Telegram, the API server, the gateways and sessions.

Each part is a value or the Problem that kept us from it; one that fails hides no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something could not be had or done: a condition's reason and message."""

    reason: str
    message: str
    retry_after: float = 0.0
    """Seconds that the other side asked us to stay away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The webhook's secrets, as the Secret has them now."""

    current: str = field(repr=False)
    previous: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookInfo:
    """What getWebhookInfo says. An empty url: none is set."""

    url: str
    max_connections: int
    allowed_updates: frozenset[str]
    pending: int = 0
    error_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A ready gateway: which secrets it accepts, by fingerprint; None when it does not say."""

    name: str
    accepted: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """By language, what people see of the bot."""

    username: str
    menus: Mapping[str, tuple[tuple[str, str], ...]]
    descriptions: Mapping[str, str]
    short_descriptions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """An autoscaler's floor and ceiling, and who else claims the floor."""

    floor: int | None
    ceiling: int
    is_ours: bool
    """The floor is in our name already."""
    other: str | None = None
    """Another manager that applies the floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A session whose registration opens."""

    session_id: int
    opens_at: datetime
    expected_taps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Of the resource itself."""

    has_finalizer: bool = False
    deleted_at: datetime | None = None
    url_is_shared: bool = False
    """Another living TelegramBot of the namespace wants the same URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Everything that a decision needs. None: not asked this time, or nothing to ask for."""

    now: datetime
    life: Lifecycle
    secrets: Secrets | Problem
    webhook: WebhookInfo | Problem
    gateways: Sequence[Gateway] | Problem
    secret_marks: Mapping[str, str]
    """By fingerprint, the mark of each secret that there is."""
    profile: Profile | Problem | None = None
    scaler: Scaler | Problem | None = None
    openings: Sequence[Opening] | Problem | None = None
