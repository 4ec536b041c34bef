from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "fleet.accounts"
    label = "accounts"
    verbose_name = "Organization"

    def ready(self) -> None:
        from fleet.accounts import checks  # noqa: F401  registers the system checks
