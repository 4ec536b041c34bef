"""Load: what `make bench` measures, each figure beside a peer that is measured in the same run.

Purpose: the figures of the README, repeatable by anybody. `bench` runs the parts `memory`,
`ingest`, `fsync`, `latency` and `fanout` on private servers with the settings of `make run`, made
for the run and forgotten afterwards, so that neither a running `make run` nor real data is touched.
Public surface: `python -m tests.load.bench [parts] [--quick] [--profile]`, which prints a table and
writes build/bench.json. Load comes from here over loopback only, prepared before the clock starts;
what the generators themselves cost is measured and shown. It may import anything of the project.
"""
