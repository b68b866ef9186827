"""ristretto255 as RFC 9496 writes it, and Pedersen commitments as docs/ledger-format.md does. Slow, and no secret is safe here."""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def is_negative(x):
    return x % P & 1


def absolute(x):
    return -x % P if is_negative(x) else x % P


def sqrt_ratio(u, v):
    """Whether u/v is a square, and the root of it or of its product with sqrt(-1)."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    square = v * r * r % P
    good, flipped = square == u % P, square == -u % P
    if flipped or square == -u * SQRT_M1 % P:
        r = r * SQRT_M1 % P
    return good or flipped, absolute(r)


INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]
SQRT_AD_MINUS_1 = P - sqrt_ratio(-D - 1, 1)[1]  # RFC 9496 takes the odd root


class Point:
    """On the curve -x^2 + y^2 = 1 + d x^2 y^2, as X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z."""

    def __init__(self, x, y, z, t):
        self.x, self.y, self.z, self.t = (one % P for one in (x, y, z, t))

    def __add__(self, other):
        a, b = (self.y - self.x) * (other.y - other.x), (self.y + self.x) * (other.y + other.x)
        c, d = 2 * D * self.t * other.t, 2 * self.z * other.z
        e, f, g, h = b - a, d - c, d + c, b + a
        return Point(e * f, g * h, f * g, e * h)

    def __rmul__(self, number):
        out, power = NEUTRAL, self
        for bit in bin(number)[:1:-1]:
            out = out + power if bit == "1" else out
            power = power + power
        return out

    def __eq__(self, other):
        return self.x * other.y % P == self.y * other.x % P or self.y * other.y % P == self.x * other.x % P

    def encode(self):
        u1, u2 = (self.z + self.y) * (self.z - self.y), self.x * self.y
        _, inverse = sqrt_ratio(1, u1 * u2 * u2)
        d1, d2 = inverse * u1, inverse * u2
        z_inverse = d1 * d2 * self.t
        x, y, denominator = self.x, self.y, d2
        if is_negative(self.t * z_inverse):
            x, y, denominator = self.y * SQRT_M1, self.x * SQRT_M1, d1 * INVSQRT_A_MINUS_D
        y = -y if is_negative(x * z_inverse) else y
        return absolute(denominator * (self.z - y)).to_bytes(32, "little")


NEUTRAL = Point(0, 1, 1, 0)


def decode(data):
    """The point, or None if these 32 bytes are none."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or is_negative(s):
        return None
    u1, u2 = 1 - s * s, 1 + s * s
    v = -(D * u1 * u1) - u2 * u2
    square, inverse = sqrt_ratio(1, v * u2 * u2)
    x_denominator = inverse * u2
    x = absolute(2 * s * x_denominator)
    y = u1 * inverse * x_denominator * v % P
    bad = not square or is_negative(x * y) or y == 0
    return None if bad else Point(x, y, 1, x * y)


def elligator(t):
    r = SQRT_M1 * t * t
    u, v = (r + 1) * (1 - D * D), (-1 - r * D) * (r + D)
    square, s = sqrt_ratio(u, v)
    c = -1
    if not square:
        s, c = -absolute(s * t), r
    n = c * (r - 1) * (D - 1) ** 2 - v
    w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_1, 1 - s * s, 1 + s * s
    return Point(w0 * w3, w2 * w1, w1 * w3, w0 * w2)


def from_hash(data):
    """The one-way map of 64 bytes to a point."""
    halves = (int.from_bytes(half, "little") % 2**255 for half in (data[:32], data[32:]))
    first, second = map(elligator, halves)
    return first + second


BASE = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
H = from_hash(hashlib.sha512(b"handprint/pedersen-H/v1").digest())


def scalar(data):
    """The number below L, or None if these 32 bytes are none."""
    number = int.from_bytes(data, "little")
    return number if len(data) == 32 and number < L else None


def reduced(data):
    return int.from_bytes(data, "little") % L


def blind(seed, position):
    return reduced(hashlib.sha512(b"handprint/blind/v1\0" + seed + position.to_bytes(8, "big")).digest())


def commit(value, blind, generator=H):
    return (value % L) * BASE + (blind % L) * generator
