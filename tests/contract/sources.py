"""What the sources say: problem codes with their families or statuses, and routes with their auth kind."""

import re

from contract import ROOT

# How a code is written in C++, and what says its family or its status.
FAMILY = [
    re.compile(r'Family::(?P<is>\w+),\s*"(?P<code>\w+)"'),
    re.compile(r'Family::(?P<is>\w+),\s*\w+ \? "(?P<code>\w+)" : "(?P<other>\w+)"'),
]
STATUS = re.compile(r'(?:\{|\bproblem\()\s*(?P<is>[45]\d\d),\s*"(?P<code>\w+)"')
CALLS = {
    "denied": "denied",  # node/routes/sessions.cpp, node/routes/api_keys.cpp
    "bad": "invalid",  # node/routes/routes_commands.cpp
    "bad_request": 400,
    "bad_line": 400,
    "unauthorised": 401,
    "not_found": 404,
}
CALL = re.compile(
    r'\b(?P<is>denied|bad|bad_request|bad_line|unauthorised|not_found)\(\s*(?:line_?,\s*|1, )?"(?P<code>\w+)"'
)
FORM = re.compile(r'(?P<is>FormFault\{|\bstop\(|\.list\()\s*"(?P<code>\w+)"')  # api/task_form.cpp
PASSED_ON = re.compile(r'why == "(?P<code>\w+)"')  # node/routes/routes_member.cpp: reasons that become 404
ROUTE = re.compile(r'add<(?:http::)?auth::(?P<auth>\w+)>\(\s*(?:http::)?Method::(?P<method>\w+),\s*"(?P<path>[^"]+)"')
FOLDERS = ("node/market", "node/pipeline", "node/http", "node/routes", "node/app", "api")


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            yield path, path.read_text(encoding="utf-8")


def codes():
    """code -> {family or status: a file that says it}"""
    found = {}
    for path, text in sources():

        def add(code, what, path=path):
            found.setdefault(code, {}).setdefault(what, str(path.relative_to(ROOT)))

        for pattern in FAMILY:
            for match in pattern.finditer(text):
                for code in (match["code"], match.groupdict().get("other")):
                    if code:
                        add(code, match["is"])
        for match in STATUS.finditer(text):
            add(match["code"], int(match["is"]))
        for match in CALL.finditer(text):
            add(match["code"], CALLS[match["is"]])
        for match in FORM.finditer(text):  # answers come signed only, terms through both doors
            for what in ["invalid"] if match["is"] == "FormFault{" else ["invalid", 400]:
                add(match["code"], what)
        for match in PASSED_ON.finditer(text):
            add(match["code"], 404)
    return found


def routes():
    """(METHOD, path) -> auth kind"""
    found = {}
    for path, text in sources():
        if path.suffix == ".cpp":
            for match in ROUTE.finditer(text):
                method = {"del": "DELETE"}.get(match["method"], match["method"].upper())
                found[method, match["path"]] = {"signed_body": "signed"}.get(match["auth"], match["auth"])
    return found
