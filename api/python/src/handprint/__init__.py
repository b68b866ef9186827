"""A client for requesters of Handprint: a table in, labels out.

    client = handprint.Client("http://127.0.0.1:8080", "hp_...")
    batch = client.create_project("leaflets", title="Clinic leaflets").create_batch(...)

Amounts and prices that go in are decimals of the major unit as text ("7.00"); amounts that come out are
minor units beside their currency, as the interface has them.
"""

from .api_keys import api_keys, revoke_api_key
from .client import Batch, Client, Project, Quote
from .errors import (
    BadRequest,
    Conflict,
    Denied,
    Done,
    HandprintError,
    NotFound,
    NotNow,
    Problem,
    Unavailable,
    Unreachable,
)
from .signup import signup

__all__ = [
    "BadRequest",
    "Batch",
    "Client",
    "Conflict",
    "Denied",
    "Done",
    "HandprintError",
    "NotFound",
    "NotNow",
    "Problem",
    "Project",
    "Quote",
    "Unavailable",
    "Unreachable",
    "api_keys",
    "revoke_api_key",
    "signup",
]
