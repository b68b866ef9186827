"""api/openapi.yaml as the tests see it: operations, their examples, and schemas to hold values against."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).resolve().parent.parent.parent
YAML_FILE = ROOT / "api" / "openapi.yaml"
JSON_FILE = ROOT / "api" / "openapi.json"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@dataclass
class Operation:
    method: str
    path: str
    spec: dict
    parameters: list = field(default_factory=list)

    @property
    def name(self):
        return self.spec["operationId"]

    @property
    def auth(self):
        return self.spec["x-auth"]

    def has(self, parameter):
        return any(p["name"] == parameter for p in self.parameters)


class Contract:
    def __init__(self):
        self.doc = yaml.safe_load(YAML_FILE.read_text(encoding="utf-8"))
        resource = Resource(contents=self.doc, specification=DRAFT202012)
        self.registry = Registry().with_resource("contract", resource)
        self.operations = [
            Operation(method, path, spec, [self.at(p) for p in spec.get("parameters", [])])
            for path, methods in self.doc["paths"].items()
            for method, spec in methods.items()
            if method in METHODS
        ]

    def as_json(self):
        return json.dumps(self.doc, ensure_ascii=False, separators=(",", ":"))

    def at(self, node):
        """The node, or what it refers to."""
        while isinstance(node, dict) and "$ref" in node:
            target = self.doc
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def faults(self, value, schema):
        """What is wrong with the value; `schema` is one of this document."""
        # References in it are to this document, whatever stands around them.
        whole = absolute(schema)
        validator = Draft202012Validator(whole, registry=self.registry)
        return [
            f"{error.json_path}: {shorten(error.message)}"
            for error in sorted(validator.iter_errors(value), key=lambda error: error.json_path)
        ]

    def named(self, schema):
        return {"$ref": f"#/components/schemas/{schema}"}

    def request_examples(self, operation):
        """(name, content type, value, schema) of each request body; one without a body gives nothing."""
        for kind, media in operation.spec.get("requestBody", {}).get("content", {}).items():
            yield from self.media_examples(kind, media)

    def media_examples(self, kind, media):
        if "example" in media:
            yield kind, kind, media["example"], media["schema"]
        for name, example in media.get("examples", {}).items():
            yield name, kind, self.at(example)["value"], media["schema"]

    def answers(self, operation):
        """(status, response) with references resolved."""
        for status, response in operation.spec["responses"].items():
            yield int(status), self.at(response)


def absolute(schema):
    if isinstance(schema, dict):
        return {k: f"contract{v}" if k == "$ref" else absolute(v) for k, v in schema.items()}
    return [absolute(item) for item in schema] if isinstance(schema, list) else schema


def shorten(text, most=300):
    return text if len(text) <= most else text[: most - 3] + "..."
