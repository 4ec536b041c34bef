"""Live data over WebSockets: the consumer base, the process-local hub, the frame log.

Public surface: `publish`, `consumer`, `hub`. Knows no domain app; an app gives it columns and a
snapshot function.
"""
