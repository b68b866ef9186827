"""The mutations of tests/vectors/payslip_mutations.json as files, policies and promises."""

import copy
import json

from ready import VECTORS


def place(document, path):
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    for part in parents:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document, last


def patched(document, operations):
    """RFC 6902, as much as the vectors use."""
    document = copy.deepcopy(document)
    for operation in operations:
        at, last = place(document, operation["path"])
        if isinstance(at, list):
            last = len(at) if last == "-" else int(last)
            at[last : last + (operation["op"] != "add")] = [] if operation["op"] == "remove" else [operation["value"]]
        elif operation["op"] == "remove":
            del at[last]
        else:
            at[last] = operation["value"]
    return document


def policy():
    return (VECTORS / "payslip_policy.txt").read_text()


def load(name):
    return json.loads((VECTORS / name).read_text())


def good():
    """Name, bytes, promises and the verdict's numbers of the payslips as members get them."""
    for name, expected in load("payslip_expected.json").items():
        yield name, (VECTORS / name).read_bytes(), expected["promises"], expected["verdict"]


def mutations():
    """Name, bytes, policy, promises and the expected reason."""
    bases = {}
    for one in load("payslip_mutations.json"):
        if "text" in one:
            data = one["text"].encode()
        elif "file" in one:
            data = json.dumps(one["file"]).encode()
        else:
            base = bases.setdefault(one["base"], load(one["base"]))
            data = json.dumps(patched(base, one["patch"])).encode()
        yield one["name"], data, one.get("policy", policy()), one.get("promises", []), one["expected"]
