"""Ports for programs that must have the same one at each start."""

import fcntl
import os
import random
import socket
import tempfile

LEAST, MOST = 15_000, 32_000  # below those that the system gives to whoever asks for any, or connects

_file = None
_held = set()


def held_port():
    """A port of this machine that no other test process gets while this one lives."""
    global _file
    if _file is None:
        path = os.path.join(tempfile.gettempdir(), f"handprint-test-ports-{os.getuid()}")
        _file = open(path, "ab")  # byte N of it is locked by who has port N
    for port in random.sample(range(LEAST, MOST), 200):
        if port in _held:
            continue
        try:
            fcntl.lockf(_file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", port))
        except OSError:  # held by another, or in use
            continue
        _held.add(port)
        return port
    raise RuntimeError("no free port")
