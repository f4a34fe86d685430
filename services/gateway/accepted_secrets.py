"""Which secrets the webhook accepts: those of the settings, and once their files change, theirs.

Whoever changes the secret at Telegram waits until every gateway accepts the new one: `told` names
them by fingerprints, from which nobody finds out a secret of 32 characters.
"""

import hashlib
from collections.abc import Callable, Mapping

from pydantic import SecretStr

from services.chassis import logs
from services.chassis.secret_files import Contents, SecretFiles
from services.gateway.settings import GatewaySettings, current_secret, previous_secret

FINGERPRINT_DIGITS = 16
CURRENT, PREVIOUS = "webhook_secret", "webhook_secret_previous"

log = logs.logger(__name__)


class AcceptedSecrets:
    """`now` is a list that stays the same one: who compares with it sees every change."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self.now: list[bytes] = list(settings.secrets)
        self._files = SecretFiles(
            {name: path for name in (CURRENT, PREVIOUS) if (path := settings.file_of(name))}
        )

    async def follow(self) -> None:
        """For ever: accept what the files hold."""
        await self._files.follow(self._changed)

    def told(self) -> Mapping[str, object]:
        """For whoever rotates the secret."""
        accepted = [fingerprint(secret) for secret in self.now]
        return {"accepted": accepted, "path": self._settings.webhook_path}

    def _changed(self, contents: Contents) -> None:
        """What the files hold if it is good; else all stays as it was. A current secret cannot be
        taken away, only changed."""
        try:
            found = [
                self._secret(CURRENT, contents, current_secret),
                self._secret(PREVIOUS, contents, previous_secret),
            ]
        except ValueError as error:
            log.error("the webhook's new secret is not taken", why=str(error))
            return
        secrets = [secret for secret in found if secret]
        for secret in secrets:
            logs.hide(secret)
        self.now[:] = [secret.encode() for secret in secrets]
        log.info("the webhook's secrets have changed", **self.told())

    def _secret(self, name: str, contents: Contents, check: Callable[[str], str]) -> str | None:
        """From its file if it has one, else from the settings. Raises ValueError."""
        if name not in contents:
            given: SecretStr | None = getattr(self._settings, name)
            return given.get_secret_value() if given else None
        content = contents[name]
        if content is None:
            if name == CURRENT:
                raise ValueError("the file is gone")
            return None
        return check(content.decode("ascii", "replace").rstrip("\r\n"))


def fingerprint(secret: bytes) -> str:
    """The first 64 bits of its SHA-256, in hexadecimal."""
    return hashlib.sha256(secret).hexdigest()[:FINGERPRINT_DIGITS]
