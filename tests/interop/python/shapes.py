"""The small shapes that the values of docs/ledger-format.md have; what has another is malformed."""

import re

from formats import check, unbase64

CLASSES = set(
    "bank receivable expenses bank_charges escrow hold payable in_transit fee equity reserve suspense"
    " guarantee tax_withheld exchange".split()
)


def is_count(value):
    return type(value) is int and value >= 0


def is_amount(value):
    """Minor units, as many as a signed 64-bit integer holds."""
    return isinstance(value, str) and re.fullmatch(r"0|-?[1-9][0-9]{0,18}", value) and fits(int(value))


def fits(amount):
    return -(2**63) <= amount < 2**63


def is_currency(value):
    return isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value)


def shape(value, keys, optional=()):
    known = isinstance(value, dict) and set(keys) <= set(value) <= set(keys) | set(optional)
    check(known, "malformed", f"keys are not {sorted(keys)}")
    return value


def want(true, what):
    check(true, "malformed", what)


def items(value, what):
    want(isinstance(value, list), what)
    return value


def rows_of_money(value):
    for row in items(value, "amounts"):
        want(isinstance(row, list) and len(row) == 3, "amounts")
        want(isinstance(row[0], str) and row[0] in CLASSES and is_currency(row[1]) and is_amount(row[2]), "amounts")
    return value


def read_keys(value):
    keys = [unbase64(key, 32) for key in items(value, "keys")]
    want(value == sorted(set(value)), "keys in order")
    return keys
