"""What an operator sees: logs, health, readiness, metrics.

Public surface: `logs`, `health`, `metrics`. Imports no domain app; domain apps register their
readiness checks with `health.register_check`.
"""
