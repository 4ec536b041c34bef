"""What every HTTP interface shares: problem+json errors (RFC 9457)."""
