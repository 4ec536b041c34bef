"""Which organizations' rows PostgreSQL shows to the running request, task or batch.

The value lives in a context variable, so it follows the code through threads that asgiref starts
and through await. The database backend (`fleet.accounts.backends.postgis`) writes it to the
connection as the setting `fleet.organizations`, which every row-level security policy reads.
Outside any scope no tenant row is visible: forgetting a scope fails closed.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token

NOTHING = ""
EVERYTHING = "all"

_current: ContextVar[str] = ContextVar("fleet_organizations", default=NOTHING)


def current_scope() -> str:
    """The text of the setting: '' (nothing), 'all', or a PostgreSQL array such as '{1,5}'."""
    return _current.get()


def scope_of(organization_ids: Iterable[int]) -> str:
    """The setting's text for these organizations, in a stable order."""
    return "{" + ",".join(str(int(i)) for i in sorted(set(organization_ids))) + "}"


def enter_scope(text: str) -> Token[str]:
    """Set the scope until `leave_scope(token)`; for middleware. Elsewhere use a `with` block."""
    return _current.set(text)


def leave_scope(token: Token[str]) -> None:
    """Restore the scope that was in force before `enter_scope`."""
    _current.reset(token)


@contextmanager
def organization_scope(*organization_ids: int) -> Iterator[None]:
    """Show the rows of these organizations only."""
    token = enter_scope(scope_of(organization_ids))
    try:
        yield
    finally:
        leave_scope(token)


@contextmanager
def platform_scope() -> Iterator[None]:
    """Show every organization's rows.

    Only for what has no organization yet (looking up a key or a membership to find it) and for
    the platform's own operators.
    """
    token = enter_scope(EVERYTHING)
    try:
        yield
    finally:
        leave_scope(token)
