"""Vehicle identification numbers.

Source: ISO 3779 (17 characters, no I, O, Q) and 49 CFR 565.15(c) (check digit, North America).
"""

_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", [
    *range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True))  # fmt: skip
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def normalize_vin(text: str) -> str:
    """Upper case without blanks and dashes."""
    return "".join(text.split()).replace("-", "").upper()


def check_digit(vin: str) -> str:
    """The digit (or X for 10) that belongs at position 9 of a well-formed VIN."""
    remainder = sum(_VALUES[c] * w for c, w in zip(vin, _WEIGHTS, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder)


def vin_error(vin: str) -> str | None:
    """Why the VIN cannot be right, or None."""
    if len(vin) != 17:
        return f"A VIN has 17 characters; this one has {len(vin)}."
    wrong = sorted({c for c in vin if c not in _VALUES})
    if wrong:
        return f"A VIN has digits and letters except I, O and Q; found {', '.join(wrong)}."
    if vin[0] in "12345" and vin[8] != check_digit(vin):
        return (
            f"The check digit (9th character) is {vin[8]} but should be {check_digit(vin)}."
            " Compare the VIN with the vehicle's papers."
        )
    return None


def vin_warning(vin: str) -> str | None:
    """A doubt worth showing for a VIN of elsewhere, where the check digit is voluntary."""
    if vin_error(vin) is None and vin[0] not in "12345" and vin[8] != check_digit(vin):
        return "The check digit does not match; that is allowed outside North America."
    return None
