"""The whole of fotbot.users.v1.UsersService, put together of its parts."""

from services.users.api.identities import IdentityCalls
from services.users.api.moves import MovesCalls
from services.users.api.people import PeopleCalls
from services.users.api.privacy import PrivacyCalls
from services.users.api.profile import ProfileCalls
from services.users.api.roles import RolesCalls


class UsersServicer(IdentityCalls, PeopleCalls, ProfileCalls, RolesCalls, MovesCalls, PrivacyCalls):
    """The service over its stores."""
