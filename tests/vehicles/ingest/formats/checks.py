"""What must hold for the result of every format, whatever was sent."""

import json
import math

import msgspec
from hypothesis import strategies as st

from vehicles.ingest.fix import Fix, Parsed, Rejected
from vehicles.ingest.reasons import REASONS
from vehicles.ingest.vet import LIMITS

NOW_US = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z, the present of these tests."""

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
"""Any JSON value, with what senders get wrong: NaN, infinity, NUL, lone surrogates, big numbers."""


def json_bytes(value: object) -> bytes:
    """JSON as a careless sender writes it, NaN and lone surrogates included."""
    return json.dumps(value).encode()


def refuse_constant(name: str) -> float:
    raise AssertionError(f"{name} is not JSON")


def assert_storable(parsed: Parsed) -> None:
    """Every fix and rejection survives the stream and PostgreSQL."""
    for fix in parsed.fixes:
        assert_storable_fix(fix)
    for bad in parsed.rejected:
        assert_storable_rejection(bad)


def assert_storable_fix(fix: Fix) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(fix), type=Fix) == fix
    assert "\0" not in fix.device
    assert len(fix.device) <= 128
    assert (fix.lon is None) == (fix.lat is None)
    if fix.lon is not None and fix.lat is not None:
        assert -180 <= fix.lon <= 180
        assert -90 <= fix.lat <= 90
    for name, (low, high) in LIMITS.items():
        value = getattr(fix, name)
        if value is not None:
            assert type(value) is float
            assert low <= value <= high
            assert value == 0 or abs(value) >= 1e-6
    assert fix.heading_deg is None or fix.heading_deg < 360
    assert fix.ignition in (True, False, None)
    if fix.attributes:
        attributes = json.loads(fix.attributes, parse_constant=refuse_constant)
        assert isinstance(attributes, dict)
        text = json.dumps(attributes, ensure_ascii=False)
        text.encode()  # fails for a lone surrogate
        assert "\0" not in _all_text(attributes)
        assert all(math.isfinite(number) for number in _numbers(attributes))


def assert_storable_rejection(bad: Rejected) -> None:
    assert bad.reason in REASONS
    assert type(bad.reason) is str
    assert 0 < len(bad.detail) <= 300
    assert len(bad.raw) <= 2_000
    for text in (bad.detail, bad.raw, bad.device):
        assert "\0" not in text
        text.encode()
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(bad), type=Rejected) == bad


def _all_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(key + _all_text(item) for key, item in value.items())
    if isinstance(value, list):
        return "".join(_all_text(item) for item in value)
    return ""


def _numbers(value: object) -> list[float]:
    if isinstance(value, float):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    return []
