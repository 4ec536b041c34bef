import pytest

from vehicles.vin import normalize_vin, vin_error, vin_warning


@pytest.mark.parametrize("vin", ["1M8GDM9AXKP042788", "5GZCZ43D13S812715"])
def test_a_north_american_vin_with_the_right_check_digit_passes(vin: str) -> None:
    assert vin_error(vin) is None
    assert vin_warning(vin) is None


def test_a_wrong_check_digit_names_the_right_one() -> None:
    assert "should be X" in (vin_error("1M8GDM9A1KP042788") or "")


def test_a_european_vin_with_another_check_digit_only_warns() -> None:
    assert vin_error("WDB9634031L123456") is None
    assert "outside North America" in (vin_warning("WDB9634031L123456") or "")


@pytest.mark.parametrize(("vin", "part"), [("123", "has 3"), ("WDB9634O31L12345I", "I, O")])
def test_a_malformed_vin_says_what_is_wrong(vin: str, part: str) -> None:
    assert part in (vin_error(vin) or "")


def test_blanks_dashes_and_case_do_not_matter() -> None:
    assert normalize_vin(" 1m8-gdm9axkp 042788") == "1M8GDM9AXKP042788"
