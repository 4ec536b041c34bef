"""Vehicles, drivers, trackers and where they are.

Public surface: `models`, `services`, `selectors`, `events`. May import the shared packages of
`fleet` only. `ingest` receives and stores positions; upper apps learn of them through the
position batches it announces, never by being called.
"""
