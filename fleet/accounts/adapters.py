from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):
    """People join by invitation or by an operator's command, never by a public form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
