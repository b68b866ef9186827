"""Decimal text to whole units and back. No floating point touches money."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Union

Amount = Union[str, int, Decimal]

# Currencies (ISO 4217) whose minor unit is not a hundredth.
DIGITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


def minor_digits(currency: str) -> int:
    return DIGITS.get(currency, 2)


def units(amount: Amount, digits: int) -> int:
    """units("7.005", 3) is 7005. Raises ValueError when it is no decimal or has more digits."""
    if isinstance(amount, float):
        raise TypeError('write amounts as text, such as "7.00": a float is not exact')
    try:
        scaled = Decimal(amount).scaleb(digits)
        whole = int(scaled)
    except (InvalidOperation, ValueError, OverflowError):
        raise ValueError(f"not an amount: {amount!r}") from None
    if whole != scaled:
        raise ValueError(f"{amount} has more than {digits} digits after the point")
    return whole


def to_minor(amount: Amount, currency: str) -> int:
    return units(amount, minor_digits(currency))


def to_micros(price: Amount) -> int:
    """A price per task, which may be finer than the smallest coin: millionths of the major unit."""
    return units(price, 6)


def to_text(minor: int, currency: str) -> str:
    """to_text(4620, "KES") is "46.20 KES"."""
    digits = minor_digits(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f} {currency}"
