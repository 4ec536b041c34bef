from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):
    """People join by invitation or by an operator's command, never by a public form."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": (
            "That e-mail address and password do not belong together. Check both, or choose"
            " “Forgot your password?”."
        ),
        "too_many_login_attempts": (
            "Too many tries. Wait a few minutes, then try again, or set a new password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
