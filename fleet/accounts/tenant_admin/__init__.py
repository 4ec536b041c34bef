"""What every admin page of tenant records shares: rights by role, the first wall, history.

Apart from `fleet.accounts.admin`, which registers pages: importing this registers nothing.
"""

from fleet.accounts.tenant_admin.access import actor_of, may_edit, may_see
from fleet.accounts.tenant_admin.forms import TenantForm
from fleet.accounts.tenant_admin.history import HistoryMixin
from fleet.accounts.tenant_admin.model_admin import RoleMixin, TenantInline, TenantModelAdmin

__all__ = [
    "HistoryMixin",
    "RoleMixin",
    "TenantForm",
    "TenantInline",
    "TenantModelAdmin",
    "actor_of",
    "may_edit",
    "may_see",
]
