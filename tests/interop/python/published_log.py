"""Reads a published log (C2SP tlog-tiles) and recomputes every tile, the root and the sums of its headers."""

from collections import Counter

import formats
import share_list
from formats import check
from verify_payslip import Header

NEVER_NEGATIVE = {"bank", "receivable", "expenses", "bank_charges"}
EITHER = {"exchange"}
WIDTH = 256
AHEAD_MS = 600_000
DAY_MS = 86_400_000


def number_path(number):
    """1234567 is x001/x234/567."""
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    return "/".join(parts)


def tile_path(level, number, width):
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{number_path(number)}{partial}"


def widths(count):
    """Number and width of the tiles that hold so many."""
    full, rest = divmod(count, WIDTH)
    return [(number, WIDTH) for number in range(full)] + ([(full, rest)] if rest else [])


def read_bundle(data):
    headers = []
    while data:
        size = int.from_bytes(data[:2], "big")
        check(len(data) >= 2 + size, "bundle_wrong", "cut short")
        headers.append(data[2 : 2 + size])
        data = data[2 + size :]
    return headers


def read_headers(fetch, size):
    headers = []
    for number, width in widths(size):
        bundle = read_bundle(fetch(tile_path("entries", number, width)))
        check(len(bundle) == width, "bundle_wrong", f"bundle {number} holds {len(bundle)}, not {width}")
        headers += bundle
    return headers


def check_tiles(fetch, leaves):
    """How many tiles there are, each byte for byte what the leaves say."""
    level, hashes, tiles = 0, leaves, 0
    while hashes:
        for number, width in widths(len(hashes)):
            start = number * WIDTH
            wanted = b"".join(hashes[start : start + width])
            check(fetch(tile_path(level, number, width)) == wanted, "tile_wrong", tile_path(level, number, width))
            tiles += 1
        full = len(hashes) // WIDTH
        hashes = [formats.tree_hash(hashes[n * WIDTH : (n + 1) * WIDTH]) for n in range(full)]
        level += 1
    return tiles


def sign_is_right(name, amount):
    return name in EITHER or (amount >= 0 if name in NEVER_NEGATIVE else amount <= 0)


def add_up(headers):
    """The sums over the whole log; after every entry each has the sign it must have."""
    sums, last = Counter(), 0
    for index, data in enumerate(headers):
        header = Header(data.decode())
        header.check()
        check(header.time >= last, "header_wrong", f"time of entry {index}")
        last = header.time
        for name, currency, amount in header.sums:
            sums[name, currency] += int(amount)
            check(sign_is_right(name, sums[name, currency]), "sum_wrong", f"{name} {currency} after entry {index}")
    return {name: amount for name, amount in sums.items() if amount}


def check_distributions(fetch, headers):
    """How many lists of commitments there are; each is right, and none is missing that should be there."""
    watch = share_list.Watch(fetch)
    for index, data in enumerate(headers):
        watch.add(index, formats.parse(data))
    return watch.lists


def check_dates(headers, seen):
    """Nothing is done at its due time by a clock ahead of a quorum, but on a delegate's word."""
    vouched = -1
    for index, data in enumerate(headers):
        header = formats.parse(data)
        if header["kind"] == "confirm_clock":
            vouched = header["time"] + DAY_MS
        timed = header["kind"] in ("auto_accept", "end_tasks") and header["time"] > vouched
        check(not timed or header["time"] <= seen * 1000 + AHEAD_MS, "time_ahead", f"entry {index}")


def verify_log(fetch, policy):
    """The checkpoint, the number of tiles, the headers and the sums of a log that is whole."""
    checkpoint = formats.Checkpoint(fetch("checkpoint").decode(), policy)
    headers = read_headers(fetch, checkpoint.size)
    leaves = [formats.leaf_hash(header) for header in headers]
    tiles = check_tiles(fetch, leaves)
    check(formats.tree_hash(leaves) == checkpoint.root, "root_wrong")
    check_distributions(fetch, headers)
    sums = add_up(headers)
    if checkpoint.seen is not None:
        check_dates(headers, checkpoint.seen)
    return checkpoint, tiles, headers, sums
