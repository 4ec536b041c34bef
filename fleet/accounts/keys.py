"""The text of API keys and device tokens: `<kind>_<prefix>_<secret>`.

The prefix finds the row, the secret proves the right. A secret has 190 bits of entropy, so one
SHA-256 is enough: there is nothing to guess that a slow hash would protect.
"""

import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass

_ALPHABET = string.ascii_letters + string.digits
API_KEY = "fk"
DEVICE_TOKEN = "fd"  # noqa: S105  the kind, not a token


@dataclass(frozen=True, slots=True)
class NewKey:
    """A fresh key. `text` is shown to a person once and never stored."""

    text: str
    prefix: str
    hash: str


def new_key(kind: str) -> NewKey:
    """A random key of the kind `API_KEY` or `DEVICE_TOKEN`."""
    prefix, secret = _random(8), _random(32)
    return NewKey(f"{kind}_{prefix}_{secret}", prefix, hash_secret(secret))


def split_key(text: str, *, kind: str) -> tuple[str, str] | None:
    """(prefix, secret) of a key's text, or None when it does not look like one of this kind."""
    parts = text.split("_")
    if len(parts) != 3 or parts[0] != kind or len(parts[1]) != 8 or not parts[2]:
        return None
    return parts[1], parts[2]


def hash_secret(secret: str) -> str:
    """Hex SHA-256 of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_matches(secret: str, stored_hash: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(hash_secret(secret), stored_hash)


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
