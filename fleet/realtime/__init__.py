"""Live data over WebSockets.

`publish` writes a frame to the organization's log and announces it on the channel layer. In each
process that holds sockets one `hub` receives the announcements, keeps them in order and writes
each frame, encoded once, to everybody who watches; `protocol` says what clients see.

Public surface: `publish`, `consumer`, `source`, `protocol`, `routing`, `stats`. Knows no domain
app: an app derives a consumer and gives it a `LiveSource`. May import `fleet.accounts` and
`fleet.observability`.
"""
