"""Ingest: from what a device sends to rows that are stored, in three steps.

`formats` and `files` turn bytes into `fix.Fix` records and say in words what was wrong with
the rest; they and `fix`, `reasons`, `units`, `vet` are pure: no Django, no Redis, no clock
(`now_us` is passed in). The gateway makes the accepted fixes durable and only then
acknowledges them; the pipeline stores them in batches and publishes what changed.

May import: `fleet` shared packages and `vehicles.models`; the pure part imports neither.
"""
