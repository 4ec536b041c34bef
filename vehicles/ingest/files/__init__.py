"""Readers of recorded tracks: CSV, GPX and NDJSON files, one generator `read(stream, ...)` each.

Each takes an open binary stream (already unzipped) and yields, record by record and in the
order of the file, a `Fix` or a `Rejected`, so what was read is exactly the sum of both. A file
that is not of its format raises `MalformedRequest`. Like the formats they are pure.
"""
