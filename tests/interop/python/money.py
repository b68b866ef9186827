"""The arithmetic of section 8."""

DIGITS = {"KES": 2, "EUR": 2, "USD": 2, "JPY": 0, "UGX": 0, "KWD": 3}


def micros_per_minor(currency):
    return 10 ** (6 - DIGITS[currency])


def round_up(total, unit):
    return -(-total // unit)


def split(total, weights):
    """Parts in the order of the weights; None when there is nothing to divide by."""
    everything = sum(weight for _, weight in weights)
    if total < 0 or everything == 0:
        return None
    parts = [total * weight // everything for _, weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i][1] % everything), weights[i][0]))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def wages(currency, price, fee_bps, count):
    """Wage and fee of each of the tasks accepted one after the other."""
    unit = micros_per_minor(currency)
    owed = [round_up(price * done, unit) for done in range(count + 1)]
    fees = [round_up(price * fee_bps * done, 10_000 * unit) for done in range(count + 1)]
    return tuple([after - before for before, after in zip(rows, rows[1:])] for rows in (owed, fees))


def hold(currency, fee_bps, slots):
    """Labour, fee, reserve and their total, for a batch that wants so many answers at each price."""
    unit, micros = micros_per_minor(currency), sum(price * count for price, count in slots)
    labour, fee = round_up(micros, unit), round_up(micros * fee_bps, 10_000 * unit)
    reserve = sum(count for price, count in slots if price % unit)
    return labour, fee, reserve, labour + fee + reserve
