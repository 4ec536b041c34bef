"""Replays recorded tracks (CSV, GPX, NDJSON) through the same stream and pipeline as live fixes.

source    opens a file and reads it record by record
run       sends the records, waits until each is accounted for, and counts
patience  waits out restarts of Redis and PostgreSQL
"""
