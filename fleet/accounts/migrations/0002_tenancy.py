"""Row-level security on the tables of accounts."""

from django.db import migrations

from fleet.accounts.rls import CREATE_FUNCTIONS, TenantPolicy


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            CREATE_FUNCTIONS,
            "DROP FUNCTION fleet_sees_all(); DROP FUNCTION fleet_organizations()",
        ),
        TenantPolicy("accounts_organization", column="id"),
        TenantPolicy("accounts_organizationevent", column="id"),
        TenantPolicy("accounts_membership"),
        TenantPolicy("accounts_membershipevent"),
        TenantPolicy("accounts_apikey"),
        TenantPolicy("accounts_apikeyevent"),
    ]
