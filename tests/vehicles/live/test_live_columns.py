from vehicles.live_columns import COLUMN_NAMES, live_columns


def one(**facts: object) -> dict[str, object]:
    values = {
        "vehicle": 7,
        "recorded_at_us": 1_772_366_401_123_999,
        "received_at_us": 1_772_366_402_000_000,
        "lon": -97.7430608,
        "lat": 30.2671534,
        "speed_mps": 13.888,
        "heading_deg": 181.5,
        "motion": 2,
        "ignition": True,
    } | facts
    columns = live_columns(**{name: [value] for name, value in values.items()})  # type: ignore[arg-type]
    return {name: column[0] for name, column in columns.items()}


def test_columns_carry_the_units_of_the_protocol() -> None:
    assert one() == {
        "vehicle": 7,
        "t": 1_772_366_401_123,
        "r": 1_772_366_402_000,
        "lon": -97.743061,
        "lat": 30.267153,
        "speed": 13.9,
        "heading": 182,
        "motion": 2,
        "ignition": True,
    }
    assert tuple(one()) == COLUMN_NAMES


def test_what_is_unknown_is_null() -> None:
    row = one(speed_mps=None, heading_deg=None, ignition=None)

    assert (row["speed"], row["heading"], row["ignition"]) == (None, None, None)


def test_a_heading_just_below_north_is_north() -> None:
    assert one(heading_deg=359.7)["heading"] == 0
