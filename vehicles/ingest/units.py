"""Factors from the units that devices use to SI. Exact by definition (SI brochure, 1959 yard)."""

MPS_PER_KNOT = 1852 / 3600
MPS_PER_KMH = 1 / 3.6
MPS_PER_MPH = 1609.344 / 3600
M_PER_KM = 1000.0
M_PER_MILE = 1609.344

SPEED_UNITS: dict[str, float] = {
    "mps": 1.0,
    "kn": MPS_PER_KNOT,
    "kmh": MPS_PER_KMH,
    "mph": MPS_PER_MPH,
}
"""Name of a speed unit to metres per second."""

DISTANCE_UNITS: dict[str, float] = {"m": 1.0, "km": M_PER_KM, "mi": M_PER_MILE}
"""Name of a distance unit to metres."""
