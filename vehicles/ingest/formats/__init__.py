"""One file per wire format, each with one pure function that turns a request into fixes.

    parse(body: bytes, *, query: str, headers: Mapping[str, str], now_us: int) -> Parsed

`body` is already unzipped, `headers` has lower-case keys, `now_us` is the present in
microseconds. A bad record is returned in `rejected` and the rest is kept; only a request that
cannot be read at all raises `MalformedRequest`, and nothing else is ever raised.

Formats disagree on names, so the attributes use one word for what most of them send:
`battery_percent` (0 to 100), `charging`, `motion` (true or false), `alarm`, `event`, `hdop`,
`satellites`, `driver_unique_id`. All other attributes keep the sender's name, and a value that
could not be used for its field is kept as `_raw_<field>`.
"""
