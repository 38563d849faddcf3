"""Writes an example of each request and answer into the description of the interface, from what its fields say."""

from __future__ import annotations

from typing import Any

JSON = "application/json"
BY_FORMAT = {"date": "2026-01-31", "date-time": "2026-01-31T08:30:00Z", "binary": "the bytes of the file"}
BY_TYPE: dict[str, Any] = {"integer": 1, "number": 0.5, "boolean": True, "string": "", "object": {}}
BY_NAME = {
    "account": "1200",
    "amount": "1250.00",
    "code": "C-17",
    "currency": "EUR",
    "customer": "C-17",
    "item": "INV-1001",
    "idempotency-key": "0b6b6a5e-6f0b-4a5e-9f63-5f1d1a2c7b11",
    "if-match": "*",
    "name": "clara",
    "number": "INV-1001",
    "parent": "C-1",
    "password": "correct horse battery",
}
"""What stands for a name where its field gives no example of its own."""


def add_examples(description: dict[str, Any]) -> None:
    """Give every parameter, JSON body and JSON answer that has none an example that keeps to its schema."""
    schemas = description["components"]["schemas"]
    for operations in description["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["required"]:
                    parameter.setdefault("example", example_of(parameter["schema"], schemas, parameter["name"]))
            told = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (part["content"] for part in told if "content" in part):
                if content.get(JSON, {}).get("schema"):
                    content[JSON].setdefault("example", example_of(content[JSON]["schema"], schemas))


def example_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Any:  # noqa: ANN401 - whatever the schema describes
    """A value that the schema describes: its own example, else its default, else something plain of its kind."""
    for word in ("example", "const", "default"):
        if schema.get(word) is not None:
            return schema[word]
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, name)
    for word in ("allOf", "anyOf", "oneOf"):
        if word in schema:
            return example_of(schema[word][0], schemas, name)
    return _plain(schema, schemas, name)


def _plain(schema: dict[str, Any], schemas: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - as above
    if "properties" in schema:
        return {key: example_of(one, schemas, key) for key, one in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas, name)]
    if schema.get("type") != "string":
        return BY_TYPE[schema.get("type", "object")]
    return BY_FORMAT.get(schema.get("format", "")) or BY_NAME.get(name.lower(), "")
