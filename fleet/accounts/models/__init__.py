"""Organizations, users, memberships and API keys."""

from fleet.accounts.models.api_key import ApiKey, ApiKeyScope
from fleet.accounts.models.membership import Membership
from fleet.accounts.models.organization import DistanceUnit, Organization
from fleet.accounts.models.user import User

__all__ = ["ApiKey", "ApiKeyScope", "DistanceUnit", "Membership", "Organization", "User"]
