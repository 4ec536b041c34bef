"""Admin pages of organizations, people and API keys."""

from fleet.accounts.admin.api_keys import ApiKeyAdmin
from fleet.accounts.admin.memberships import MembershipAdmin
from fleet.accounts.admin.organizations import OrganizationAdmin
from fleet.accounts.admin.users import UserAdmin

__all__ = ["ApiKeyAdmin", "MembershipAdmin", "OrganizationAdmin", "UserAdmin"]
